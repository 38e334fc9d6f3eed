import { createElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { expect, test } from "vitest";
import iconOf from "#app/components/ui/icon-of.ts";

test("an icon is an svg of its parts, hidden from screen readers, in the size and stroke that it is given", () => {
  const Info = iconOf({
    node: [
      ["circle", { cx: "12", cy: "12", r: "10", key: "1mglay" }],
      ["path", { d: "M12 16v-4", key: "1dtifu" }],
    ],
    size: 24,
  });
  const html = renderToStaticMarkup(createElement(Info, { className: "size-4", strokeWidth: 1.5 }));
  expect(html).toContain('<circle cx="12" cy="12" r="10"/><path d="M12 16v-4"/></svg>');
  expect(html).toMatch(/^<svg aria-hidden="true" width="24" height="24" viewBox="0 0 24 24" .*stroke-width="1.5".* class="size-4">/);
});
