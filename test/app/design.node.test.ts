import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

/** What has no look of its own, what others are made of, and what a page has once. */
const leftOut = ["alert-dialog", "fold", "link", "submit-button", "time", "toast", "toast-viewport", "name-and-note", "none"];

test("nothing is styled by an attribute: the policy of our pages has browsers pass over it, and a bar would be as wide as all others", () => {
  const styled = readdirSync("app", { recursive: true, encoding: "utf8" }).filter(
    (file) => file.endsWith(".tsx") && /\bstyle=\{\{/.test(readFileSync(`app/${file}`, "utf8")),
  );
  expect(styled).toEqual([]);
});

test("the page of the design system shows every component", () => {
  const shown = readdirSync("app/components/design")
    .map((file) => readFileSync(`app/components/design/${file}`, "utf8"))
    .join();
  const components = readdirSync("app/components/ui").flatMap((file) => (file.endsWith(".tsx") ? [file.slice(0, -4)] : []));
  expect(components.length).toBeGreaterThan(20);
  const missing = components.filter((name) => !shown.includes(`#app/components/ui/${name}.tsx`));
  expect(missing.toSorted()).toEqual(leftOut.toSorted());
});
