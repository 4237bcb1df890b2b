/** NO_PROXY: an address that one of Python's clients reaches without a proxy, the gateway reaches without a proxy too. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { directHosts } from '../../../../src/gateway/upstream/proxies.ts';
import { evalsPython } from '../../../helpers/evals-venv.ts';
import { startProxy } from '../../../helpers/network.ts';
import { LONG } from '../../../helpers/test-rows.ts';

/** Without a proxy these cannot be reached: nothing listens on port 9, and names under .invalid do not exist (RFC 6761). */
const URLS = [
  'http://127.0.0.1:9/v1',
  'http://localhost:9/v1',
  'http://[::1]:9/v1',
  'http://corp.invalid/v1',
  'http://api.corp.invalid/v1',
  'http://apicorp.invalid/v1',
  'http://api.corp.invalid:8080/v1',
];

const LISTS = [
  '*',
  'x.invalid,*',
  'corp.invalid',
  '.corp.invalid',
  'CORP.invalid',
  'api.corp.invalid:8080',
  'api.corp.invalid:8081',
  ' x.invalid , corp.invalid ',
  'localhost',
  '127.0.0.1',
  '127.0.0.0/8',
  '10.0.0.0/8',
  '127.0.0.1:9',
  '::1',
  '[::1]',
  '[::1]:9',
  'http://api.corp.invalid',
  'https://api.corp.invalid',
  ',,',
];

/** For each list and address: whether the client of OpenAI and requests bypass the proxy. */
const CLIENTS = `
import json, os, sys, openai, requests
def direct(ask):
    try: return ask() != 418
    except (openai.APIConnectionError, requests.ConnectionError): return True
    except openai.APIStatusError as error: return error.status_code != 418
answers = []
given = json.load(sys.stdin)
for no_proxy in given["lists"]:
    os.environ["NO_PROXY"] = no_proxy
    for url in given["urls"]:
        client = openai.OpenAI(base_url=url, api_key="sk-test", max_retries=0, timeout=5)
        answers.append([no_proxy, url, direct(lambda: client.models.list()) , direct(lambda: requests.get(url, timeout=5).status_code)])
print(json.dumps(answers))
`;

test(
  'NO_PROXY: the gateway bypasses the proxy exactly when the client of OpenAI or requests does',
  LONG,
  async () => {
    const proxy = await startProxy({ refuse: 418 });
    const run = promisify(execFile)(await evalsPython(), ['-c', CLIENTS], {
      env: { PATH: process.env.PATH ?? '', HTTP_PROXY: proxy.url },
    });
    run.child.stdin?.end(JSON.stringify({ lists: LISTS, urls: URLS }));
    const answers: [string, string, boolean, boolean][] = JSON.parse((await run).stdout);
    expect(answers).toHaveLength(LISTS.length * URLS.length);
    const theirs = answers.map(([list, url, openai, requests]) => `${list} ${url}: ${openai || requests}`);
    const ours = answers.map(([list, url]) => `${list} ${url}: ${directHosts(list)(new URL(url))}`);
    expect(ours).toEqual(theirs);
    expect(new Set(answers.map(([, , openai]) => openai))).toEqual(new Set([true, false]));
  },
);
