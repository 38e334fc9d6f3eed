import { expect, test } from "vitest";
import { nameOwners, ownerIds } from "#app/name-owners.server.ts";
import type { Setting } from "#app/setting-form.ts";

const text = { en: "", fr: "", he: "" };
const field = (rules: string[]): Setting => ({
  ...{ name: "owners", type: "list", ofNumbers: false, label: text, hint: text, value: rules, choices: [], fields: [] },
  ...{ minimum: null, maximum: null },
});

test("rules come back as they were stored, whatever the owners are called in HubSpot", () => {
  const names = ["Ana = Bo", "Li\nLin", "<b>Max</b>", "{{owners}} $t(crm)", "x".repeat(300), "Zoë, (7)"];
  const owners = names.map((name, at) => ({ id: `${at + 1}`, name }));
  const rules = owners.map(({ id }) => `over 5 = ${id}`);
  const [shown] = nameOwners([field(rules)], owners);
  const lines = shown?.value as string[];
  expect(lines.slice(0, 3)).toEqual(["over 5 = Ana = Bo (1)", "over 5 = Li Lin (2)", "over 5 = <b>Max</b> (3)"]);
  // As their form sends them.
  expect(ownerIds({ owners: lines.join("\n").split("\n") }, owners)).toEqual({ owners: rules });
  expect(ownerIds({ owners: lines }, [])).toEqual({ owners: rules });
  expect(shown?.hint?.en).toContain("{{owners}} $t(crm) (4)");
});
