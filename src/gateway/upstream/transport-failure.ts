/** What an error of the transport means, in plain English, and whether the same request can succeed later. */
import { oneLine } from '../../text.ts';

/** How much of an error's own text is repeated in a message. */
const MAX_DETAIL_BYTES = 300;

export interface TransportFailure {
  /** What happened, without a full stop, for use inside a longer sentence. It contains no credentials. */
  readonly why: string;
  /** Whether retrying does not help: somebody has to change something first. */
  readonly permanent: boolean;
  /** What to change, as one or more sentences. */
  readonly advice?: string;
  /** The `code` of the error of Node.js, OpenSSL or undici; undefined when it has none. */
  readonly code?: string;
}

/** A failure that this client detects itself, such as a proxy or a redirect that cannot be used. */
export class TransportError extends Error {
  override readonly name = 'TransportError';
  readonly failure: TransportFailure;

  constructor(failure: TransportFailure, options?: ErrorOptions) {
    super(failure.why, options);
    this.failure = failure;
  }
}

const CHECK_ADDRESS =
  'Check the scheme, the host and the port of the base URL (OPENAI_BASE_URL or ANTHROPIC_BASE_URL), and of the proxy if one is set (HTTPS_PROXY, HTTP_PROXY, ALL_PROXY).';
const TRUST_CA =
  "Add the CA that signed it to the trust store of the machine, or name the CA's PEM file in the environment variable SSL_CERT_FILE or NODE_EXTRA_CA_CERTS.";
const RENEW = "Renew the server's certificate, and check the clock of this machine.";
const RIGHT_HOST =
  'Use a host name of the certificate in the base URL (OPENAI_BASE_URL or ANTHROPIC_BASE_URL) or in the proxy variable.';

const PROXY_LOGIN =
  'Put the user name and the password into the proxy variable: HTTPS_PROXY=http://user:password@proxy:port, with special characters percent-encoded.';
const PROXY_ALLOW =
  "Allow the API's host in the proxy, or add that host to NO_PROXY if it can be reached directly.";

const LOGIN_REQUIRED = 'the proxy requires a user name and a password, or rejected the ones that were sent';

/**
 * For each `code` of an error of Node.js, OpenSSL or undici: what it means, and what to change when retrying does not help.
 */
const BY_CODE: Readonly<Record<string, Known>> = {
  // Certificates (Node.js: "X509 certificate error codes").
  ...each(
    [
      'UNABLE_TO_GET_ISSUER_CERT',
      'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
      'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
      'CERT_UNTRUSTED',
      'CERT_REJECTED',
      'INVALID_CA',
      'CERT_SIGNATURE_FAILURE',
      'UNABLE_TO_DECRYPT_CERT_SIGNATURE',
    ],
    "the server's certificate is not trusted: no CA that this machine knows signed it",
    TRUST_CA,
  ),
  ...each(
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'SELF_SIGNED_CERT_IN_CHAIN'],
    "the server's certificate is not trusted: it is self-signed, or a CA that this machine does not know signed it",
    TRUST_CA,
  ),
  ...each(
    ['CERT_CHAIN_TOO_LONG', 'PATH_LENGTH_EXCEEDED', 'INVALID_PURPOSE', 'ERROR_IN_CERT_NOT_BEFORE_FIELD'],
    "the server's certificate is not valid for this use",
    "Replace the server's certificate.",
  ),
  CERT_HAS_EXPIRED: ["the server's certificate has expired", RENEW],
  CERT_NOT_YET_VALID: ["the server's certificate is not valid yet", RENEW],
  CERT_REVOKED: ["the server's certificate was revoked", RENEW],
  HOSTNAME_MISMATCH: ["the server's certificate is for another host name", RIGHT_HOST],
  ERR_TLS_CERT_ALTNAME_INVALID: ["the server's certificate is for another host name", RIGHT_HOST],
  // TLS itself.
  ...each(
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'ERR_SSL_PACKET_LENGTH_TOO_LONG', 'ERR_SSL_HTTP_REQUEST'],
    'the server does not speak TLS on this port: an https request was sent to what is probably an http port',
    CHECK_ADDRESS,
  ),
  ...each(
    [
      'ERR_SSL_UNSUPPORTED_PROTOCOL',
      'ERR_SSL_VERSION_TOO_LOW',
      'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION',
      'ERR_SSL_NO_PROTOCOLS_AVAILABLE',
      'ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE',
      'ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE',
      'ERR_SSL_TLSV1_ALERT_INSUFFICIENT_SECURITY',
      'ERR_SSL_NO_SHARED_CIPHER',
      'ERR_SSL_DH_KEY_TOO_SMALL',
      'ERR_SSL_UNSAFE_LEGACY_RENEGOTIATION_DISABLED',
    ],
    'the server and this client have no version or cipher of TLS in common',
    'Enable TLS 1.2 or 1.3 on the server, or on the proxy in front of it.',
  ),
  ...each(
    ['ERR_SSL_TLSV1_UNRECOGNIZED_NAME', 'ERR_SSL_TLSV1_ALERT_UNRECOGNIZED_NAME'],
    'the server does not serve the requested host name',
    CHECK_ADDRESS,
  ),
  ...each(
    ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', 'ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE'],
    'the server requires a client certificate, which this action does not support',
    'Use an API address that accepts a key instead of a client certificate.',
  ),
  // SOCKS proxies.
  UND_ERR_SOCKS5_VERSION: ['the proxy does not speak SOCKS5 on this port', CHECK_ADDRESS],
  ...each(
    ['UND_ERR_SOCKS5_AUTH_REJECTED', 'UND_ERR_SOCKS5_AUTH_METHOD', 'UND_ERR_SOCKS5_AUTH_FAILED'],
    LOGIN_REQUIRED,
    PROXY_LOGIN,
  ),
  UND_ERR_SOCKS5_REPLY_2: ['the proxy refused to connect to the API', PROXY_ALLOW],
  ...each(
    [1, 3, 4, 5, 6].map((reply) => `UND_ERR_SOCKS5_REPLY_${reply}`),
    'the proxy could not connect to the API',
  ),
  // Names and addresses.
  ENOTFOUND: ['the host name does not exist', CHECK_ADDRESS],
  ERR_INVALID_URL: ['the address is not a URL', CHECK_ADDRESS],
  ERR_INVALID_PROTOCOL: ['the scheme of the address is neither http nor https', CHECK_ADDRESS],
  // Failures that may pass.
  EAI_AGAIN: ['the host name could not be looked up: the name server did not respond'],
  ECONNREFUSED: ['the connection was refused: nothing listens on that port'],
  ECONNRESET: ['the connection was reset'],
  EPIPE: ['the connection was closed while the request was being sent'],
  ETIMEDOUT: ['the connection was not established in time'],
  EHOSTUNREACH: ['there is no route to the host'],
  ENETUNREACH: ['there is no route to the network of the host'],
  UND_ERR_CONNECT_TIMEOUT: ['the connection was not established in time'],
  UND_ERR_HEADERS_TIMEOUT: ['the server accepted the request but did not start to respond in time'],
  UND_ERR_BODY_TIMEOUT: ['the response stalled'],
  UND_ERR_SOCKET: ['the server closed the connection before it responded'],
  UND_ERR_PRX_CONN: ['the proxy closed the connection'],
  UND_ERR_HEADERS_OVERFLOW: ['the headers of the response are too large'],
};

/**
 * What happened, and whether retrying can help.
 *
 * @param apiHasSucceeded whether any request has succeeded: then a wrong certificate, protocol or name may be that of one
 *   machine behind a load balancer, or last for a moment, and is not permanent
 */
export function transportFailure(error: unknown, apiHasSucceeded = false): TransportFailure {
  const chain = causesOf(error);
  for (const cause of chain) {
    const own = cause instanceof TransportError ? cause.failure : ofRequest(cause);
    if (own) return own;
    const known = ofProxy(cause) ?? ofProtocol(cause) ?? ofCode(cause);
    if (known) return apiHasSucceeded ? { ...known, permanent: false } : known;
  }
  return { why: oneLine(chain[0]?.message ?? String(error), MAX_DETAIL_BYTES), permanent: false };
}

/** A proxy's response instead of a tunnel. undici reports its status only in the message. */
function ofProxy({ message }: Error): TransportFailure | undefined {
  const status = Number(
    /^Proxy response \((\d{3})\)|^Proxy Authentication Required \((407)\)/
      .exec(message)
      ?.slice(1)
      .find(Boolean),
  );
  if (!status) return undefined;
  const permanent = (status < 500 && ![408, 425, 429].includes(status)) || status === 501;
  if (status === 407) {
    return { why: `${LOGIN_REQUIRED} (407)`, permanent, advice: PROXY_LOGIN };
  }
  return {
    why: `the proxy refused to connect to the API (${status})`,
    permanent,
    ...(permanent && { advice: PROXY_ALLOW }),
  };
}

/** A response whose first bytes are not HTTP. An error in later bytes may concern this one response only. */
function ofProtocol({ name, message }: Error): TransportFailure | undefined {
  if (name !== 'HTTPParserError' || !/Expected HTTP\/|Invalid HTTP version/.test(message)) return undefined;
  return {
    why: 'the server does not speak HTTP on this port: an http request was sent to what is probably an https port',
    permanent: true,
    advice: CHECK_ADDRESS,
  };
}

/** A request that undici refuses to send. Its messages name the header, but never the value. */
function ofRequest(error: Error): TransportFailure | undefined {
  // An error response of a proxy has this code, too.
  if (codeOf(error) !== 'UND_ERR_INVALID_ARG' || ofProxy(error)) return undefined;
  const header = /^invalid (\S+) header$/.exec(error.message)?.[1];
  if (header === undefined) {
    return {
      why: `the request cannot be sent: ${oneLine(error.message, MAX_DETAIL_BYTES)}`,
      permanent: true,
    };
  }
  return {
    why: `the header ${header} of the request contains a character that HTTP does not allow`,
    permanent: true,
    advice:
      'Look for line breaks and other special characters in the API key, the organization and the project that are set for this step.',
  };
}

function ofCode(error: Error): TransportFailure | undefined {
  const code = codeOf(error);
  const [why, advice] = (Object.hasOwn(BY_CODE, code) ? BY_CODE[code] : undefined) ?? [];
  if (why === undefined) return undefined;
  const named = `${why}${detailOf(error)} (${code})`;
  return { why: named, permanent: advice !== undefined, ...(advice !== undefined && { advice }), code };
}

/** The host or address that the error is about, when it names one. */
function detailOf(error: Error): string {
  const { hostname, address, port } = error as { hostname?: unknown; address?: unknown; port?: unknown };
  if (typeof hostname === 'string') return `: ${oneLine(hostname, MAX_DETAIL_BYTES)}`;
  if (typeof address === 'string') return `: ${address}${typeof port === 'number' ? `:${port}` : ''}`;
  if (codeOf(error) === 'ERR_TLS_CERT_ALTNAME_INVALID')
    return `: ${oneLine(error.message, MAX_DETAIL_BYTES)}`;
  return '';
}

/** The error and its causes, from the outside in. For a host with several addresses, each failed address is a cause. */
function causesOf(error: unknown, depth = 0): Error[] {
  if (!(error instanceof Error) || depth > 5) return [];
  const inner = [...(error instanceof AggregateError ? error.errors : []), error.cause];
  return [error, ...inner.flatMap((cause) => causesOf(cause, depth + 1))];
}

function codeOf(error: Error): string {
  const { code } = error as NodeJS.ErrnoException;
  return typeof code === 'string' ? code : '';
}

type Known = readonly [why: string, advice?: string];

function each(codes: readonly string[], ...known: Known): Record<string, Known> {
  return Object.fromEntries(codes.map((code) => [code, known]));
}
