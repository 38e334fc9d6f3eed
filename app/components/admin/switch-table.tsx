import { Badge } from "#app/components/ui/badge.tsx";
import { ConfirmButton } from "#app/components/ui/confirm-button.tsx";
import { ProviderMark } from "#app/components/ui/provider-mark.tsx";
import { Time } from "#app/components/ui/time.tsx";
import { wordsOf } from "#app/i18n/words.tsx";
import type { Outputs } from "#server/trpc/root.ts";

const useWords = wordsOf("incidents");

type Switch = Outputs["incidents"]["switches"][number];

/** Every provider, whether it is on, and the button that switches it. Its rows are short: they stay rows on a phone too. */
export function SwitchTable({ switches }: { switches: readonly Switch[] }) {
  const t = useWords();
  return (
    <table className="w-full text-sm">
      <caption className="sr-only">{t("providers.title")}</caption>
      <thead className="sr-only">
        <tr>
          <th scope="col">{t("provider")}</th>
          <th scope="col">{t("providers.state")}</th>
          <td />
        </tr>
      </thead>
      <tbody className="divide-y divide-line">
        {switches.map((each) => {
          const { provider, name, offSince } = each;
          return (
            <tr key={provider} className="transition-colors hover:bg-hover">
              <th scope="row" className="py-2 ps-5 pe-3 text-start font-medium">
                <span className="flex min-w-0 items-center gap-3">
                  <ProviderMark id={provider} name={name} small />
                  <span className="min-w-0 [overflow-wrap:anywhere]">{name}</span>
                </span>
              </th>
              <td className="py-2 text-[0.8125rem] text-ink-muted">
                {offSince === null ? (
                  <Badge tone="ok">{t("providers.on")}</Badge>
                ) : (
                  <span className="flex flex-wrap items-center gap-x-2 gap-y-1">
                    <Badge tone="warn">{t("providers.off")}</Badge>
                    <Time at={offSince} style="dateTime" />
                  </span>
                )}
              </td>
              <td className="py-2 ps-3 pe-2.5 text-end whitespace-nowrap">
                <SwitchButton {...each} />
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

function SwitchButton({ provider, name, offSince }: Switch) {
  const t = useWords();
  const isOff = offSince !== null;
  const named = { provider: name };
  return (
    <ConfirmButton
      size="sm"
      variant="ghost"
      confirmVariant={isOff ? "primary" : "danger"}
      title={t(isOff ? "providers.onTitle" : "providers.offTitle", named)}
      description={t(isOff ? "providers.onBody" : "providers.offBody")}
      confirmLabel={t(isOff ? "providers.switchOn" : "providers.switchOff")}
      fields={{ intent: isOff ? "switch-on" : "switch-off", provider, name }}
    >
      {t(isOff ? "providers.switchOn" : "providers.switchOff")}
      <span className="sr-only">: {name}</span>
    </ConfirmButton>
  );
}
