import { readFileSync } from "node:fs";
import { createElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { expect, test } from "vitest";
import { ProviderMark } from "#app/components/ui/provider-mark.tsx";
import { providers } from "#server/catalog/providers/registry.ts";

const draw = (id: string, name: string) => renderToStaticMarkup(createElement(ProviderMark, { id, name }));

test("a provider has the mark that is drawn for it, and one that nobody drew its initial", () => {
  const symbols = [...readFileSync("app/components/ui/provider-marks.svg", "utf8").matchAll(/<symbol id="(\w+)"/g)].map(([, id]) => id);
  const ids = Object.values(providers).map(({ id }) => id);
  expect(symbols.length).toBeGreaterThan(10);
  expect(ids).toEqual(expect.arrayContaining(symbols));
  for (const id of ids) expect(draw(id, "Z"), id).toMatch(symbols.includes(id) ? new RegExp(`<use href="[^"]+#${id}"`) : />Z<\/span>$/);
  expect(draw("never-heard-of", "zeta")).toMatch(/>Z<\/span>$/);
});
