import type { Outputs } from "#server/trpc/root.ts";

export type Setting = Outputs["runs"]["settings"][number]["fields"][number];

/** The settings as they were sent, each in its own type, those of a group by their own names. */
export const sentConfig = (fields: readonly Setting[], form: FormData): Record<string, unknown> =>
  Object.fromEntries(fields.map((field) => [field.name.split(".").at(-1) ?? field.name, sentValue(field, form)]));

/** What is no number stays text, for the job's own schema to refuse. */
function sentValue(field: Setting, form: FormData): unknown {
  const sent = form.get(field.name);
  const text = String(sent ?? "").trim();
  switch (field.type) {
    case "boolean":
      return sent !== null;
    case "group":
      return sentConfig(field.fields, form);
    case "list":
      return text.split("\n").flatMap((each) => {
        const line = each.trim();
        return line === "" ? [] : [field.ofNumbers ? asNumber(line) : line];
      });
    case "text":
    case "choice":
      return text;
    case "integer":
    case "number":
      return asNumber(text);
    default:
      return field.type satisfies never;
  }
}

/** A number as it was typed; what is none stays text, to be refused. */
export const asNumber = (text: string): string | number => (text === "" || Number.isNaN(Number(text)) ? text : Number(text));
