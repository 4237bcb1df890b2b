export const id = 668;
export const ids = [668];
export const modules = {

/***/ 3668:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

// ESM COMPAT FLAG
__webpack_require__.r(__webpack_exports__);

// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  Connections: () => (/* binding */ Connections)
});

// EXTERNAL MODULE: ./node_modules/undici/index.js
var undici = __webpack_require__(6752);
// EXTERNAL MODULE: ./lib/gateway/upstream/basic-authorization.js
var basic_authorization = __webpack_require__(8368);
// EXTERNAL MODULE: external "node:crypto"
var external_node_crypto_ = __webpack_require__(7598);
// EXTERNAL MODULE: external "node:fs"
var external_node_fs_ = __webpack_require__(3024);
// EXTERNAL MODULE: external "node:path"
var external_node_path_ = __webpack_require__(6760);
// EXTERNAL MODULE: external "node:tls"
var external_node_tls_ = __webpack_require__(1692);
// EXTERNAL MODULE: ./lib/errors.js
var errors = __webpack_require__(452);
;// CONCATENATED MODULE: ./lib/gateway/upstream/certificates.js
/** Which CAs are trusted: all that Node.js trusts, and all that any of Python's clients would. */





/** Each names a PEM file, or a directory of PEM files. OpenSSL (and so httpx), requests, curl and Node.js read them. */
const FILE_VARIABLES = ['SSL_CERT_FILE', 'REQUESTS_CA_BUNDLE', 'CURL_CA_BUNDLE', 'NODE_EXTRA_CA_CERTS'];
/** A list of directories, which OpenSSL reads. */
const DIRECTORY_VARIABLE = 'SSL_CERT_DIR';
/**
 * Where distributions keep the CAs of the machine: the list of Python's truststore, for a machine whose OpenSSL finds none.
 */
const MACHINE_FILES = [
    '/etc/ssl/cert.pem',
    '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem',
    '/etc/pki/tls/cert.pem',
    '/etc/ssl/certs/ca-certificates.crt',
    '/etc/ssl/ca-bundle.pem',
];
/** Bounds of what a variable may name; the bundles of distributions have 0.3 MB and 150 files. */
const MAX_FILE_BYTES = 16 * 1024 * 1024;
const MAX_FILES = 2000;
/** Names in a directory that OpenSSL looks up by hash, or that are evidently certificates. */
const CERTIFICATE_FILE = /^[0-9a-f]{8}\.\d+$|\.(pem|crt|cer)$/i;
/**
 * The trusted CAs of all connections. Reading the machine's store takes 0.1 s, so call this for the first connection that
 * needs TLS, and reuse the result.
 *
 * @param notice called with a sentence about each variable that yields no certificate
 */
function trustedBy(env, notice) {
    return (0,external_node_tls_.createSecureContext)({
        ca: [...new Set([...(0,external_node_tls_.getCACertificates)('default'), ...ofMachine(), ...ofVariables(env, notice)])],
        // As in Python since 3.13: a company may distribute its intermediate CA alone.
        allowPartialTrustChain: true,
    });
}
function ofMachine() {
    const found = unlessItFails(() => (0,external_node_tls_.getCACertificates)('system')) ?? [];
    if (found.length > 0)
        return found;
    for (const file of MACHINE_FILES) {
        const inFile = unlessItFails(() => certificatesIn(file)) ?? [];
        if (inFile.length > 0)
            return inFile;
    }
    return [];
}
function ofVariables(env, notice) {
    const named = [
        ...FILE_VARIABLES.map((variable) => [variable, env[variable] ?? '']),
        ...(env[DIRECTORY_VARIABLE] ?? '').split(external_node_path_.delimiter).map((path) => [DIRECTORY_VARIABLE, path]),
    ];
    return named.flatMap(([variable, path]) => {
        if (path === '')
            return [];
        try {
            const found = certificatesIn(path);
            if (found.length === 0)
                notice(`${subject(variable, path)} contains no PEM certificate.`);
            return found;
        }
        catch (error) {
            notice(`${subject(variable, path)} cannot be read: ${(0,errors/* reasonOf */.A3)(error)}.`);
            return [];
        }
    });
}
const subject = (variable, path) => `The environment variable ${variable} is ignored: ${JSON.stringify(path)}`;
/** @throws Error when there is no such file or directory, or it is too large */
function certificatesIn(path) {
    if (!(0,external_node_fs_.statSync)(path).isDirectory())
        return certificatesOf(read(path));
    const names = (0,external_node_fs_.readdirSync)(path).filter((name) => CERTIFICATE_FILE.test(name));
    if (names.length > MAX_FILES)
        throw new Error(`it has more than ${MAX_FILES} files`);
    return names.flatMap((name) => unlessItFails(() => certificatesOf(read((0,external_node_path_.join)(path, name)))) ?? []);
}
function read(path) {
    const status = (0,external_node_fs_.statSync)(path);
    if (!status.isFile())
        throw new Error('it is neither a file nor a directory');
    if (status.size > MAX_FILE_BYTES)
        throw new Error(`it is larger than ${MAX_FILE_BYTES} bytes`);
    return (0,external_node_fs_.readFileSync)(path, 'latin1');
}
/** Each certificate in a PEM text, normalized. Broken ones are left out. */
function certificatesOf(text) {
    const blocks = text.match(/-----BEGIN ([A-Z0-9]+ )?CERTIFICATE-----[^-]+-----END \1?CERTIFICATE-----/g) ?? [];
    return blocks.flatMap((block) => unlessItFails(() => new external_node_crypto_.X509Certificate(block).toString()) ?? []);
}
function unlessItFails(read) {
    try {
        return read();
    }
    catch {
        return undefined;
    }
}

;// CONCATENATED MODULE: ./lib/gateway/upstream/connections.js
/** Connections to the model API, direct or through a proxy, with the CAs that Python's clients trust. */



/** The limit of h11, with which Python's clients read HTTP. */
const MAX_HEADER_BYTES = 100 * 1024;
/**
 * The time for each address of a host while there are others. The default of Node.js, 250 ms, is too short for a distant
 * host.
 */
const ADDRESS_TIMEOUT_MS = 1000;
/** How many times longer than this client a proxy may take to connect. */
const PROXY_TIMEOUT_FACTOR = 6;
/** The pools of connections, one for each route to the API, opened when they are needed. */
class Connections {
    #options;
    #routes = new Map();
    #trust;
    constructor(options) {
        this.#options = options;
    }
    to(url) {
        const proxy = this.#options.proxyFor(url);
        const tls = [url, proxy?.url].some((hop) => hop?.protocol === 'https:');
        const route = `${tls ? 'tls' : 'plain'} ${proxy?.url.href ?? 'direct'}`;
        const known = this.#routes.get(route);
        if (known)
            return known;
        const opened = this.#open(proxy, this.#connecting(tls));
        this.#routes.set(route, opened);
        return opened;
    }
    async close() {
        await Promise.all([...this.#routes.values()].map((route) => route.destroy()));
    }
    #connecting(tls) {
        if (tls)
            this.#trust ??= trustedBy(this.#options.env, this.#options.notice);
        return {
            timeout: this.#options.timeouts.connectMs,
            // Python's clients use HTTP/1.1.
            allowH2: false,
            autoSelectFamilyAttemptTimeout: ADDRESS_TIMEOUT_MS,
            ...(tls && { secureContext: this.#trust }),
        };
    }
    #open(proxy, connect) {
        const limits = { maxHeaderSize: MAX_HEADER_BYTES };
        if (!proxy)
            return new undici/* Agent */.g6({ ...limits, connect });
        const { kind, url, username, password } = proxy;
        if (kind === 'socks5') {
            const uri = url.href.replace(/^socks5h/, 'socks5');
            return new undici/* Socks5ProxyAgent */.EV(uri, {
                username,
                password,
                connectTimeout: this.#options.timeouts.connectMs,
                requestTls: connect,
            });
        }
        return new undici/* ProxyAgent */.kT({
            uri: url.href,
            ...(username || password ? { token: (0,basic_authorization/* basic */.H)(username, password) } : {}),
            requestTls: connect,
            proxyTls: connect,
            factory: (origin, own) => new undici/* Pool */.bC(origin, { ...own, ...limits }),
            clientFactory: (origin, own) => new undici/* Pool */.bC(origin, { ...own, headersTimeout: PROXY_TIMEOUT_FACTOR * this.#options.timeouts.connectMs }),
        });
    }
}


/***/ })

};
