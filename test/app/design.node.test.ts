import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

/** What has no look of its own, what others are made of, and what a page has once. */
const leftOut = ["alert-dialog", "fold", "link", "submit-button", "time", "toast", "toast-viewport", "name-and-note", "none"];

test("the page of the design system shows every component", () => {
  const shown = readdirSync("app/components/design")
    .map((file) => readFileSync(`app/components/design/${file}`, "utf8"))
    .join();
  const components = readdirSync("app/components/ui").flatMap((file) => (file.endsWith(".tsx") ? [file.slice(0, -4)] : []));
  expect(components.length).toBeGreaterThan(20);
  const missing = components.filter((name) => !shown.includes(`#app/components/ui/${name}.tsx`));
  expect(missing.toSorted()).toEqual(leftOut.toSorted());
});
