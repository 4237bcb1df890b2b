export const id = 563;
export const ids = [563];
export const modules = {

/***/ 9563:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  loadPricing: () => (/* binding */ loadPricing),
  pricedProviders: () => (/* binding */ pricedProviders)
});

;// CONCATENATED MODULE: ./lib/price/price-book.js
function priceBook(list, { providers, overrides, at }) {
    const byId = new Map(list.providers.map((provider) => [provider.id, provider]));
    const own = withOthers(providers.flatMap((id) => byId.get(id) ?? []), byId);
    const known = new Map();
    return (model) => {
        if (!known.has(model))
            known.set(model, overridden(model, overrides) ?? listed(model, own, at));
        return known.get(model);
    };
}
/**
 * The providers whose prices count, by the base URLs of the API's clients. Nobody counts which of the servers a request went to, so
 * when the first one has no listed prices, there are none.
 */
function providersAt(list, urls) {
    const [first, ...others] = urls.map((url) => providerAt(list, url));
    return first === undefined ? [] : [first, ...others.flatMap((id) => id ?? [])];
}
function providerAt({ providers }, { origin, pathname }) {
    const address = `${origin}${pathname}`;
    return providers.find(({ url }) => {
        const found = new RegExp(`^(?:${url})`).exec(address)?.[0];
        // Most patterns of the list do not say that the host ends there: api.openai.com.example.com is another one.
        return found !== undefined && (/[/.]$/.test(found) || /^(?:$|[/:])/.test(address.slice(found.length)));
    })?.id;
}
/** Each provider, followed by those whose prices it also charges. */
function withOthers(providers, byId) {
    const all = providers.flatMap((provider) => [
        provider,
        ...(provider.alsoOf ?? []).flatMap((id) => byId.get(id) ?? []),
    ]);
    return [...new Set(all)];
}
/** A name counts more than a pattern, and an earlier line more than a later one. */
function overridden(model, overrides) {
    const exact = overrides.find(({ model: name }) => name === model);
    return (exact ?? overrides.find(({ model: pattern }) => isLike(model, pattern)))?.price;
}
/** Whether the name is like a pattern in which `*` stands for any text. It never looks back, however many stars there are. */
function isLike(name, pattern) {
    const [first = '', ...parts] = pattern.split('*');
    const last = parts.pop();
    if (last === undefined)
        return name === pattern;
    if (!name.startsWith(first))
        return false;
    let at = first.length;
    for (const part of parts) {
        const found = name.indexOf(part, at);
        if (found < 0)
            return false;
        at = found + part.length;
    }
    return name.length - last.length >= at && name.endsWith(last);
}
function listed(model, providers, at) {
    const name = model.toLowerCase();
    for (const form of new Set([name, withDashes(name)])) {
        for (const { models } of providers) {
            const found = models.find(([match]) => matches(match, form));
            if (found)
                return priceAt(found, at);
        }
    }
    return undefined;
}
/** `model-20250131` as `model-2025-01-31`: providers write dates in both ways. */
function withDashes(name) {
    return name.replace(/-(20\d\d)(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?=-|:|$)/g, '-$1-$2-$3');
}
function matches(match, name) {
    if (typeof match !== 'string') {
        return 'all' in match
            ? match.all.every((each) => matches(each, name))
            : match.some((each) => matches(each, name));
    }
    const text = match.slice(1);
    switch (match[0]) {
        case '=':
            return name === text;
        case '^':
            return name.startsWith(text);
        case '$':
            return name.endsWith(text);
        case '*':
            return name.includes(text);
        default:
            return new RegExp(text).test(name);
    }
}
function priceAt([, prices], at) {
    if (isOnePrice(prices))
        return priceOf(prices);
    const found = prices.findLast((each) => isInForce(each, at)) ?? prices[0];
    return found && priceOf(found.price);
}
function isOnePrice(prices) {
    return typeof prices[0] === 'number';
}
function priceOf([input, output, cached = input]) {
    return { input, output, cached };
}
const MS_PER_MINUTE = 60_000;
const MINUTES_PER_DAY = 24 * 60;
function isInForce({ from, daily }, at) {
    if (from !== undefined && at < new Date(from))
        return false;
    if (!daily)
        return true;
    const minute = Math.floor(at.getTime() / MS_PER_MINUTE) % MINUTES_PER_DAY;
    const [start, end] = daily;
    return start <= end ? minute >= start && minute < end : minute >= start || minute < end;
}

;// CONCATENATED MODULE: ./lib/price/load-prices.js

/** @param at the prices of this time are used */
async function loadPricing({ providers, overrides }, at) {
    const { priceList } = await __webpack_require__.e(/* import() */ 677).then(__webpack_require__.bind(__webpack_require__, 2677));
    const { version, date } = priceList;
    const prices = priceBook(priceList, { providers, overrides, at });
    return { prices, list: providers.length > 0 ? { version, date } : undefined };
}
/** The providers at these base URLs that have listed prices. */
async function pricedProviders(urls) {
    const { priceList } = await __webpack_require__.e(/* import() */ 677).then(__webpack_require__.bind(__webpack_require__, 2677));
    return providersAt(priceList, urls);
}


/***/ })

};
