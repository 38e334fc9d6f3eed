import { Link } from "@remix-run/react";

/** A client by its id, as a link to its page. */
export function ClientLink({ id }: { id: string }) {
  return (
    <Link
      to={`/admin/clients/${id}`}
      dir="ltr"
      className="rounded-sm font-mono text-[0.8125rem] leading-5 transition-colors [overflow-wrap:anywhere] hover:text-accent"
    >
      {id}
    </Link>
  );
}
