import { cn } from "#app/components/ui/cn.ts";
import { Link } from "#app/components/ui/link.tsx";

/** An id of up to this many letters is never broken; a longer one breaks into lines of at least as many (`min-w-[12ch]`). */
const WHOLE = 12;

/** A client by its id, as a link to its page. */
export function ClientLink({ id }: { id: string }) {
  return (
    <Link
      to={`/admin/clients/${id}`}
      dir="ltr"
      className={cn(
        "rounded-sm font-mono text-[0.8125rem] leading-5 transition-colors hover:text-accent",
        id.length > WHOLE ? "inline-block min-w-[12ch] [overflow-wrap:anywhere]" : "whitespace-nowrap",
      )}
    >
      {id}
    </Link>
  );
}

/** A client by its name, on one line where rows are. */
export function ClientName({ id, name }: { id: string; name: string }) {
  return (
    <Link to={`/admin/clients/${id}`} className="rounded-sm transition-colors hover:text-accent">
      <span title={name} className="line-clamp-1 max-w-[28ch]">
        <bdi>{name}</bdi>
      </span>
    </Link>
  );
}
