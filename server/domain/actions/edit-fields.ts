import type { ActionKind, Editable } from "#server/catalog/actions/action.ts";
import { asIs } from "#server/catalog/actions/payload.ts";
import { currencies } from "#server/catalog/currencies.ts";
import { decimalOf } from "#server/catalog/money.ts";
import { canonical } from "#server/domain/audit/chain.ts";
import type { EditField } from "./schemas.ts";

/** From this length on a text is given several lines. */
const longText = 80;
const instant = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/;

/** What of a step's payload a person may change, as its kind names it: what this payload does not have is left out. */
export const editFieldsOf = ({ edits = [] }: Pick<ActionKind, "edits">, payload: unknown): EditField[] =>
  edits.flatMap((editable) => fieldsAt(editable, readAt(payload, editable.path.split("."))));

/** What of these fields an edit changes, as a form shows them before and after; empty where one of both does not have it. */
export function changesOf(
  kind: Pick<ActionKind, "edits">,
  before: unknown,
  after: unknown,
): { field: string; was: string; becomes: string }[] {
  const [was, is] = [before, after].map((payload) => new Map(editFieldsOf(kind, payload).map(({ path, value }) => [path, value])));
  const fields = new Set([...(was?.keys() ?? []), ...(is?.keys() ?? [])]);
  return [...fields]
    .map((field) => ({ field, was: was?.get(field) ?? "", becomes: is?.get(field) ?? "" }))
    .filter((change) => change.was !== change.becomes);
}

/**
 * Whether two payloads differ in nothing but what their kind lets a person change: neither in whom it is about, nor in what must still be so.
 * An amount stays in its currency: in another one it would be held against no limit.
 */
export const differInEdits = ({ edits = [] }: Pick<ActionKind, "edits">, before: unknown, after: unknown): boolean =>
  canonical(withoutEdits(edits, before)) === canonical(withoutEdits(edits, after)) &&
  edits.every(({ path }) => {
    const [was, is] = [before, after].map((payload) => readAt(payload, path.split(".")));
    return !isAmount(was) || !isAmount(is) || was.currency === is.currency;
  });

/**
 * Whether an edit changes a value that another step of the chain carries too: a code's percent and the letter that promises it are to stay
 * the same. Told by the values alone, so that one which is the same by chance is taken for it.
 */
export function partsFromOthers(before: unknown, after: unknown, others: readonly unknown[]): boolean {
  const kept = new Map(valuesIn(after));
  const elsewhere = new Set(others.flatMap((other) => valuesIn(other).map(([, value]) => value)));
  return valuesIn(before).some(([place, value]) => kept.get(place) !== value && elsewhere.has(value));
}

/** Texts and numbers of a payload, each with where it stands. */
const valuesIn = (value: unknown, place = ""): [place: string, value: string | number][] => {
  if (typeof value === "string" || typeof value === "number") return [[place, value]];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, own]) => valuesIn(own, `${place}/${name}`));
};

function withoutEdits(edits: readonly Editable[], payload: unknown): unknown {
  const rest: unknown = structuredClone(payload);
  for (const { path } of edits) {
    const steps = path.split(".");
    const at = readAt(rest, steps.slice(0, -1));
    if (isRecord(at)) Reflect.deleteProperty(at, steps.at(-1) ?? "");
  }
  return rest;
}

function fieldsAt({ path, label, each }: Editable, value: unknown): EditField[] {
  const base = { path, label, currency: null };
  if (typeof value === "number") return [{ ...base, type: "number", value: String(value) }];
  if (typeof value === "string")
    return [{ ...base, type: instant.test(value) ? "instant" : value.length > longText ? "lines" : "text", value }];
  if (!isRecord(value)) return [];
  if (isAmount(value)) return [{ ...base, type: "money", value: decimalOf(value.minor, value.currency), currency: value.currency }];
  if (!each) return [];
  // A name that holds a dot has no path.
  return Object.entries(value)
    .filter(([name]) => !name.includes("."))
    .flatMap(([name, own]) => fieldsAt({ path: `${path}.${name}`, label: asIs(name) }, own));
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isAmount = (value: unknown): value is { minor: number; currency: string } =>
  isRecord(value) && typeof value.minor === "number" && typeof value.currency === "string" && currencies.has(value.currency);

const readAt = (payload: unknown, path: readonly string[]): unknown =>
  path.reduce((value: unknown, step) => (isRecord(value) ? value[step] : undefined), payload);
