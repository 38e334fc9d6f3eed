import type { ReactNode } from "react";

/** Who it is: the name above the address, which stands alone where there is no name. `mark` stands beside it. */
export function PersonName({ name, email, mark }: { name: string; email: string; mark?: ReactNode }) {
  return (
    <span className="grid min-w-0">
      <span className="flex flex-wrap items-center gap-2">
        <bdi>{name || email}</bdi>
        {mark}
      </span>
      {name && <bdi className="justify-self-start font-normal text-[0.8125rem] text-ink-faint [overflow-wrap:anywhere]">{email}</bdi>}
    </span>
  );
}
