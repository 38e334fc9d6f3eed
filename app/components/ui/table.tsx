import type { ReactNode } from "react";
import { cn } from "./cn.ts";

export interface Column<Row> {
  key: string;
  header: ReactNode;
  /** The header as plain text; needed when `header` is not a string and the column is `named`. */
  label?: string;
  cell: (row: Row) => ReactNode;
  /** `end` is for numbers: right in left-to-right languages, with tabular figures. */
  align?: "start" | "end";
  /** The row's name: it begins a card. One column has it. */
  primary?: boolean;
  /** Ends a card's first line: a short word on how the row stands. */
  aside?: boolean;
  /** In a card its header stands before it, where its value alone does not say what it is. Numbers always have it, but for those that end its first line. */
  named?: boolean;
  /** Left out below 56rem of room: what other columns or the row's page say too. */
  spare?: boolean;
  /** Buttons: they end a card's second line. */
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

const SPARE = "@max-[56rem]:hidden";

/**
 * A table of compact rows, that turns into a list of two-line cards where it has less than 40rem of room: the row's name and how it
 * stands, then all else. Its looks are in `styles.css`.
 */
export function Table<Row>({ caption, showCaption = false, columns, rows, rowKey, empty, className }: TableProps<Row>) {
  if (rows.length === 0 && empty) return <>{empty}</>;
  const cells = columns.map(({ header, label, align, primary, aside, named, actions, spare, className: cellClass }) => ({
    role: "cell",
    "data-label": named || (align === "end" && !aside) ? (label ?? (typeof header === "string" ? header : undefined)) : undefined,
    "data-cell": primary ? "primary" : aside ? "aside" : actions ? "actions" : align === "end" ? "number" : undefined,
    className: cn(align === "end" && aside && "text-end tabular-nums", spare && SPARE, cellClass) || undefined,
  }));
  return (
    <div className={cn("@container min-w-0", className)}>
      {/* Roles are spelled out, because `display: block` takes a table's meaning away. */}
      {/* biome-ignore-start lint/a11y/noRedundantRoles: see above */}
      <table role="table" className="stack-table">
        <caption className={showCaption ? "px-5 pb-3 text-start text-[0.8125rem] text-ink-muted" : "sr-only"}>{caption}</caption>
        <thead role="rowgroup">
          <tr role="row">
            {columns.map(({ key, header, align, actions, spare }) => (
              <th
                key={key}
                role="columnheader"
                scope="col"
                className={cn((align === "end" || actions) && "text-end", spare && SPARE) || undefined}
              >
                {header}
              </th>
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup">
          {rows.map((row) => (
            <tr key={rowKey(row)} role="row">
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
