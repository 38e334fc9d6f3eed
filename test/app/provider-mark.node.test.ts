import { readFileSync } from "node:fs";
import { createElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { expect, test } from "vitest";
import { ProviderMark } from "#app/components/ui/provider-mark.tsx";
import { providers } from "#server/catalog/providers/registry.ts";

const draw = (id: string, name: string) => renderToStaticMarkup(createElement(ProviderMark, { id, name }));

test("every provider on the shelf has a mark that is drawn, and a new one its initial", () => {
  const symbols = [...readFileSync("app/components/ui/provider-marks.svg", "utf8").matchAll(/<symbol id="(\w+)"/g)].map(([, id]) => id);
  const ids = Object.values(providers).map(({ id }) => id);
  expect(symbols.toSorted()).toEqual(ids.toSorted());
  for (const id of ids) expect(draw(id, "Z"), id).toMatch(new RegExp(`<use href="[^"]+#${id}"`));
  expect(draw("never-heard-of", "zeta")).toMatch(/>Z<\/span>$/);
});
