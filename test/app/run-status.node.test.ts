import { createElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { expect, test } from "vitest";
import { RunStatus } from "#app/components/runs/run-status.tsx";
import { CATALOGUES } from "#app/i18n/catalogues.server.ts";
import { loadNamespace } from "#app/i18n/load.client.ts";
import { createTranslator } from "#app/i18n/translator.ts";
import { WordsProvider } from "#app/i18n/words.tsx";
import type { RunStatus as Status } from "#db/words/runs.ts";

const shown = (status: Status, failedBefore: boolean, begun = false): string => {
  const translator = createTranslator("en", { runs: CATALOGUES.en.runs });
  const badge = createElement(RunStatus, { status, failedBefore, begun });
  return renderToStaticMarkup(createElement(WordsProvider, { translator, load: loadNamespace }, badge)).replaceAll(/<[^>]*>/g, "");
};

test("a run that waits after a failed attempt is retrying, one that was not attempted is queued", () => {
  expect([shown("queued", true), shown("queued", false)]).toEqual(["Retrying", "Queued"]);
});

test("a run that waits between two of its steps is at it, and no longer queued", () => {
  expect([shown("queued", false, true), shown("queued", true, true), shown("cancelled", false, true)]).toEqual([
    "Running",
    "Retrying",
    "Cancelled",
  ]);
});

test("a run that works or has ended is said to, whatever an earlier attempt was", () => {
  for (const before of [true, false]) {
    expect((["running", "succeeded", "failed", "dead"] as const).map((status) => shown(status, before))).toEqual([
      "Running",
      "Done",
      "Failed",
      "Failed permanently",
    ]);
  }
});
