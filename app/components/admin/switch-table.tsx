import { Badge } from "#app/components/ui/badge.tsx";
import { ConfirmButton } from "#app/components/ui/confirm-button.tsx";
import { ProviderMark } from "#app/components/ui/provider-mark.tsx";
import { Table } from "#app/components/ui/table.tsx";
import { Time } from "#app/components/ui/time.tsx";
import { wordsOf } from "#app/i18n/words.tsx";
import type { Outputs } from "#server/trpc/root.ts";

const useWords = wordsOf("incidents");

type Switch = Outputs["incidents"]["switches"][number];

/** Every provider, whether it is on, and the button that switches it. */
export function SwitchTable({ switches }: { switches: readonly Switch[] }) {
  const t = useWords();
  return (
    <Table
      caption={t("providers.title")}
      rows={switches}
      rowKey={({ provider }) => provider}
      columns={[
        {
          key: "provider",
          header: t("provider"),
          primary: true,
          cell: ({ provider, name }) => (
            <span className="flex min-w-0 items-center gap-3">
              <ProviderMark id={provider} name={name} small />
              {name}
            </span>
          ),
        },
        {
          key: "state",
          header: t("providers.state"),
          cell: ({ offSince }) =>
            offSince === null ? (
              <Badge tone="ok">{t("providers.on")}</Badge>
            ) : (
              <span className="flex flex-wrap items-center gap-2 whitespace-nowrap">
                <Badge tone="warn">{t("providers.off")}</Badge>
                <Time at={offSince} style="dateTime" />
              </span>
            ),
        },
        { key: "switch", header: "", actions: true, cell: (each) => <SwitchButton {...each} /> },
      ]}
    />
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
