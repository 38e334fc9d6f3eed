import type { ReactNode } from "react";
import { cn } from "./cn.ts";

export interface Column<Row> {
  key: string;
  header: ReactNode;
  /** The header as plain text, for the stacked cards; needed when `header` is not a string. */
  label?: string;
  cell: (row: Row) => ReactNode;
  /** `end` is for numbers: right in left-to-right languages, with tabular figures. */
  align?: "start" | "end";
  /** The row's name: it heads the stacked card. One column has it. */
  primary?: boolean;
  /** Left out where the table has too little room for all columns and too much for cards (40 to 56rem): what other columns or the row's page say too. */
  spare?: boolean;
  /** Buttons: no label in the stacked card. */
  actions?: boolean;
  className?: string;
}

export interface TableProps<Row> {
  /** Says what the table lists; read to screen readers, shown with `showCaption`. */
  caption: string;
  showCaption?: boolean;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  rowKey: (row: Row) => string;
  /** What stands in its place when there are no rows, usually an `EmptyState`. */
  empty?: ReactNode;
  className?: string;
}

const SPARE = "@min-[40rem]:@max-[56rem]:hidden";

/** A table that turns into a list of cards where it has less than 40rem of room. */
export function Table<Row>({ caption, showCaption = false, columns, rows, rowKey, empty, className }: TableProps<Row>) {
  if (rows.length === 0 && empty) return <>{empty}</>;
  const cells = columns.map(({ header, label, align, primary, actions, spare, className: cellClass }) => ({
    role: "cell",
    "data-label": label ?? (typeof header === "string" ? header : undefined),
    "data-primary": primary || undefined,
    "data-actions": actions || undefined,
    className: cn(
      "px-4 py-3 first:ps-5 last:pe-5 @max-[40rem]:px-5 @max-[40rem]:py-1.5",
      (align === "end" || actions) && "text-end",
      align === "end" && "tabular-nums",
      primary ? "font-medium text-ink" : "text-ink-muted",
      spare && SPARE,
      cellClass,
    ),
  }));
  return (
    <div className={cn("@container min-w-0", className)}>
      {/* Roles are spelled out, because `display: block` takes a table's meaning away. */}
      {/* biome-ignore-start lint/a11y/noRedundantRoles: see above */}
      <table role="table" className="stack-table text-sm">
        <caption className={showCaption ? "px-5 pb-3 text-start text-[0.8125rem] text-ink-muted" : "sr-only"}>{caption}</caption>
        <thead role="rowgroup">
          <tr role="row">
            {columns.map(({ key, header, align, actions, spare }) => (
              <th
                key={key}
                role="columnheader"
                scope="col"
                className={cn(
                  "border-b border-line px-4 py-2.5 text-xs font-medium whitespace-nowrap text-ink-faint first:ps-5 last:pe-5",
                  align === "end" || actions ? "text-end" : "text-start",
                  spare && SPARE,
                )}
              >
                {header}
              </th>
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup" className="divide-y divide-line">
          {rows.map((row) => (
            <tr key={rowKey(row)} role="row" className="transition-colors hover:bg-hover">
              {columns.map(({ key, cell }, place) => (
                <td key={key} {...cells[place]}>
                  {cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {/* biome-ignore-end lint/a11y/noRedundantRoles: see above */}
    </div>
  );
}
