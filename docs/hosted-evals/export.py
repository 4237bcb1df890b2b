"""Saves OpenAI's hosted Evals as files, and makes samples for evals of a saved run. Needs Python 3.9 and no packages.

    python export.py save hosted
    python export.py samples hosted/EVAL/RUN.jsonl --ideal FIELD > samples.jsonl

`save` writes what the API returns: hosted/EVAL/eval.json with the graders, hosted/EVAL/runs.jsonl, and for each run its output
items. Runs that are saved are not requested again. `samples` reads only the saved file.
"""
import argparse
import http.client
import json
import os
import pathlib
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

RETRIES = 5


def get(path, **query):
    base = os.environ.get("OPENAI_BASE_URL") or "https://api.openai.com/v1"
    url = f"{base.rstrip('/')}/{path}?{urllib.parse.urlencode(query)}"
    request = urllib.request.Request(url, headers={"Authorization": "Bearer " + os.environ["OPENAI_API_KEY"].strip()})
    for retry in range(RETRIES + 1):
        try:
            with urllib.request.urlopen(request, timeout=120) as response:
                return json.load(response)
        except urllib.error.HTTPError as error:
            if retry == RETRIES or (error.code != 429 and error.code < 500):
                words = error.read().decode("utf-8", "replace")
                raise OSError(f"GET /{path}: the API responded with status {error.code}: {words}") from None
            time.sleep(float(error.headers.get("retry-after") or 2**retry))
        except (http.client.HTTPException, OSError) as error:
            if retry == RETRIES:
                raise OSError(f"GET /{path}: no whole response arrived: {error}") from None
            time.sleep(2**retry)


def pages(path):
    after = {}
    while True:
        page = get(path, limit=100, **after)
        yield from page["data"]
        if not page["data"] or not page.get("has_more"):
            return
        after = {"after": page["data"][-1]["id"]}


def write(path, lines):
    """Writes the whole file or none, so that a file that exists is complete."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    with part.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    part.replace(path)


def save(folder):
    failed = 0
    for each in pages("evals"):
        target = folder / quoted(each["id"])
        write(target / "eval.json", [each])
        runs = list(pages(f"evals/{quoted(each['id'])}/runs"))
        write(target / "runs.jsonl", runs)
        for run in runs:
            path = target / f"{quoted(run['id'])}.jsonl"
            if path.exists():
                continue
            try:
                write(path, pages(f"evals/{quoted(each['id'])}/runs/{quoted(run['id'])}/output_items"))
                print(f"{path}: {run.get('name')}, {run.get('status')}")
            except OSError as error:
                failed += 1
                print(f"{path} was not saved. {error}", file=sys.stderr)
    return f"{failed} runs were not saved. Run the command again: it requests only those." if failed else None


def samples(path, ideal, input_field, answers):
    with path.open(encoding="utf-8") as file:
        items = [json.loads(line) for line in file]
    for line in sorted(items, key=lambda each: each["datasource_item_id"]):
        item, sample = line["datasource_item"], line.get("sample") or {}
        where = f"Item {line['datasource_item_id']}"
        if "completion" in item:
            # evals would take it for the answer of the model.
            raise ValueError(f"{where} has a field named completion. Rename it in the file and in the spec of the judge.")
        made = {**item, "input": messages(field(item, input_field, where) if input_field else sample.get("input"), where)}
        if ideal:
            made["ideal"] = text(field(item, ideal, where))
        if answers:
            made["completion"] = "".join(each.get("content") or "" for each in sample.get("output") or [])
            if not made["completion"]:
                print(f"{where} is left out, because the run has no answer to it.", file=sys.stderr)
                continue
        print(json.dumps(made, ensure_ascii=False))


def messages(prompt, where):
    if not prompt:
        raise ValueError(f"{where} has no prompt, because the run sent none. Name a field of the items with --input.")
    prompt = [{"role": "user", "content": prompt}] if isinstance(prompt, str) else prompt
    for each in prompt:
        if not isinstance(each.get("content"), str):
            raise ValueError(f"{where} has a message that is not text. Samples of evals' own classes have only text.")
    return [{"role": each["role"], "content": each["content"]} for each in prompt]


def field(item, name, where):
    if name not in item:
        raise ValueError(f"{where} has no field {name}. It has: {', '.join(item)}.")
    return item[name]


def text(value):
    return value if isinstance(value, (str, list)) else json.dumps(value, ensure_ascii=False)


def quoted(name):
    return urllib.parse.quote(name, safe="")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    saving = commands.add_parser("save", help="save all evals that the key in OPENAI_API_KEY can see")
    saving.add_argument("folder", type=pathlib.Path)
    making = commands.add_parser("samples", help="print a saved run as samples")
    making.add_argument("run", type=pathlib.Path)
    making.add_argument("--ideal", metavar="FIELD", help="the field of the items that has the expected answer")
    making.add_argument("--input", metavar="FIELD", help="the field that has the prompt, if the run sent none")
    making.add_argument("--answers", action="store_true", help="keep the answers of the run, so that only the judge gets requests")
    chosen = parser.parse_args()
    if chosen.command == "save" and not os.environ.get("OPENAI_API_KEY", "").strip():
        parser.error("OPENAI_API_KEY is not set")
    try:
        if chosen.command == "save":
            return save(chosen.folder)
        return samples(chosen.run, chosen.ideal, chosen.input, chosen.answers)
    except (OSError, ValueError) as error:
        return str(error)


if __name__ == "__main__":
    sys.exit(main())
