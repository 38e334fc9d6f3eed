// biome-ignore lint/style/noRestrictedImports: the one that all others take is made here.
import { type LinkProps, Link as RemixLink, useLocation } from "@remix-run/react";
import { forwardRef } from "react";

/**
 * A link to a page of ours: Remix's own. On the server an absolute address is written as it is, since Remix works each one out three
 * times from the routes around it, which took a twelfth of a page. The shape is kept, as React counts by it what `useId` answers.
 */
export const Link = import.meta.env.SSR ? forwardRef<HTMLAnchorElement, LinkProps>(written) : RemixLink;

function written(props: LinkProps, ref: React.ForwardedRef<HTMLAnchorElement>) {
  const { to, prefetch: _, preventScrollReset: __, replace: ___, reloadDocument, ...rest } = props;
  if (typeof to !== "string" || !/^\/(?!\/)/.test(to)) return <RemixLink ref={ref} {...props} />;
  return (
    <>
      <a {...rest} data-discover={reloadDocument ? undefined : "true"} href={to}>
        {rest.children}
      </a>
      {null}
    </>
  );
}

export interface NavLinkProps extends Omit<LinkProps, "to"> {
  /** Absolute. */
  to: string;
  /** Current on its own page alone, not on those below. */
  end?: boolean | undefined;
}

/** A link of a navigation, which says whether one is there, or below (`aria-current`). */
export function NavLink({ to, end = false, ...rest }: NavLinkProps) {
  const pathname = useLocation().pathname.toLowerCase();
  const own = to.toLowerCase();
  const isCurrent = pathname === own || (!end && pathname.startsWith(`${own}/`));
  return <Link to={to} aria-current={isCurrent ? "page" : undefined} {...rest} />;
}
