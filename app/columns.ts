import { readCookie } from "./theme.ts";

/** Tables whose columns a person chooses: all that each can show beside its first column, in their order. Those of `usual` are shown until then. */
export const CHOICES = {
  fleet: {
    all: ["status", "problem", "connections", "success", "failures", "letters", "plan", "activity", "since"],
    usual: ["status", "problem", "connections", "success", "failures", "letters"],
  },
  runs: {
    all: ["client", "provider", "status", "cause", "trigger", "started", "took", "calls"],
    usual: ["client", "provider", "status", "cause", "started", "took"],
  },
} as const;
export type ChosenTable = keyof typeof CHOICES;
export type ColumnOf<T extends ChosenTable> = (typeof CHOICES)[T]["all"][number];

export const COLUMNS_COOKIE = "atrium_columns";

export const isChosenTable = (value: unknown): value is ChosenTable => typeof value === "string" && Object.hasOwn(CHOICES, value);

/** The columns of this table that the person of a `Cookie` header chose, or the usual ones; what the table does not have is left out. */
export function readColumns<T extends ChosenTable>(cookieHeader: string | null, table: T): readonly ColumnOf<T>[] {
  const { all, usual }: { all: readonly ColumnOf<T>[]; usual: readonly ColumnOf<T>[] } = CHOICES[table];
  const chosen = choicesOf(cookieHeader).get(table);
  return chosen ? all.filter((column) => chosen.includes(column)) : usual;
}

/** What the cookie says once this table has these columns; the choices for other tables stay. */
export function withColumns(cookieHeader: string | null, table: ChosenTable, columns: readonly string[]): string {
  const known = CHOICES[table].all.filter((column) => columns.includes(column));
  const choices = choicesOf(cookieHeader).set(table, known);
  return [...choices].map(([name, chosen]) => [name, ...chosen].join(".")).join("_");
}

/** The cookie's value: `fleet.status.problem_runs.client`. */
function choicesOf(cookieHeader: string | null): Map<string, readonly string[]> {
  const choices = (readCookie(cookieHeader, COLUMNS_COOKIE) ?? "").split("_").map((choice) => choice.split("."));
  return new Map(choices.flatMap(([table, ...columns]) => (isChosenTable(table) ? [[table, columns] as const] : [])));
}
