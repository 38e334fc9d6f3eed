import { Tick } from "#app/components/ui/checkbox.tsx";
import { cn } from "#app/components/ui/cn.ts";
import { wordsOf } from "#app/i18n/words.tsx";

const useWords = wordsOf("accounts");

export interface Option {
  id: string;
  name: string;
  parent?: string | null | undefined;
  currency?: string | null | undefined;
  timezone?: string | null | undefined;
}

/** One thing that can be chosen, or nothing (`id` ""): a line that is a check box, or a radio button where only one may be. */
export function ResourceOption({ option, many, checked }: { option: Option; many: boolean; checked: boolean }) {
  const t = useWords();
  const { id, name, parent, currency, timezone } = option;
  const facts = [parent, currency, timezone].filter(Boolean).join(" · ");
  return (
    <li>
      <label className="flex cursor-pointer items-start gap-3 px-4 py-2.5 text-sm transition-colors hover:bg-hover has-checked:bg-accent-soft">
        <span className="relative mt-0.5 grid size-4.5 shrink-0 place-items-center">
          <input
            type={many ? "checkbox" : "radio"}
            name="ids"
            value={id}
            defaultChecked={checked}
            required={!many}
            className={cn(
              // The margin keeps what has the focus out from under the page's own bar of buttons.
              "peer absolute inset-0 size-full scroll-mb-44 appearance-none border border-line-control bg-sunken transition-[border-color,border-width,background-color]",
              many ? "rounded-[0.3125rem] checked:border-accent checked:bg-accent" : "rounded-full checked:border-5 checked:border-accent",
            )}
          />
          {many && <Tick />}
        </span>
        <span className="grid min-w-0 flex-1">
          <bdi className="justify-self-start font-medium text-ink [overflow-wrap:anywhere]">{name}</bdi>
          <span className="flex flex-wrap gap-x-2 text-xs text-ink-faint">
            {id !== "" && name !== id && (
              <span className="[overflow-wrap:anywhere]">
                <span className="sr-only">{t("accounts.id")}: </span>
                <bdi className="font-mono">{id}</bdi>
              </span>
            )}
            {facts !== "" && <bdi className="[overflow-wrap:anywhere]">{facts}</bdi>}
          </span>
        </span>
      </label>
    </li>
  );
}
