import { Form } from "@remix-run/react";
import { Check, Eye, X } from "lucide-react";
import { Badge } from "#app/components/ui/badge.tsx";
import { Button } from "#app/components/ui/button.tsx";
import { ConfirmButton } from "#app/components/ui/confirm-button.tsx";
import { NameAndNote } from "#app/components/ui/name-and-note.tsx";
import { None } from "#app/components/ui/none.tsx";
import { Table } from "#app/components/ui/table.tsx";
import { Time } from "#app/components/ui/time.tsx";
import type { Tone } from "#app/components/ui/tone.ts";
import { isolate } from "#app/i18n/isolate.ts";
import { wordsOf } from "#app/i18n/words.tsx";
import type { Outputs } from "#server/trpc/root.ts";
import { ClientLink } from "./client-link.tsx";
import { SecretName } from "./secret-name.tsx";

const useWords = wordsOf("custody", "admin");

type Reveal = Outputs["reveals"]["list"]["items"][number];

const TONES: Record<Reveal["state"], Tone> = {
  waiting: "warn",
  open: "ok",
  denied: "danger",
  expired: "neutral",
  over: "neutral",
  void: "neutral",
};

/** Requests to see a secret, each with what its reader may do about it. */
export function RevealTable({ caption, reveals }: { caption: string; reveals: readonly Reveal[] }) {
  const t = useWords();
  return (
    <Table
      caption={caption}
      rows={reveals}
      rowKey={({ id }) => id}
      columns={[
        {
          key: "secret",
          header: t("reveals.secret"),
          primary: true,
          cell: ({ field, account, providerName }) => <SecretName field={field} account={account} providerName={providerName} />,
        },
        { key: "client", header: t("admin:filter.client"), cell: ({ tenant }) => <ClientLink id={tenant} /> },
        {
          key: "reason",
          header: t("reveals.reason"),
          cell: ({ reason }) => <bdi className="[overflow-wrap:anywhere]">{reason}</bdi>,
        },
        {
          key: "by",
          header: t("reveals.by"),
          named: true,
          cell: ({ requestedBy, requestedAt }) => <Person name={requestedBy} at={requestedAt} />,
        },
        {
          key: "decided",
          header: t("reveals.decided"),
          named: true,
          cell: ({ decidedBy, decidedAt }) =>
            decidedBy === null || decidedAt === null ? <None /> : <Person name={decidedBy} at={decidedAt} />,
        },
        { key: "state", header: t("reveals.state"), aside: true, cell: (reveal) => <State reveal={reveal} /> },
        {
          key: "actions",
          header: <span className="sr-only">{t("admin:actions")}</span>,
          actions: true,
          cell: (reveal) => <Deeds reveal={reveal} />,
        },
      ]}
    />
  );
}

function Person({ name, at }: { name: string; at: number }) {
  return (
    <NameAndNote note={<Time at={at} />}>
      <bdi className="text-ink">{name}</bdi>
    </NameAndNote>
  );
}

function State({ reveal: { state, shownAt, expiresAt, decidedAt } }: { reveal: Reveal }) {
  const t = useWords();
  return (
    <span className="inline-flex flex-wrap items-baseline gap-x-2">
      <Badge tone={TONES[state]}>{t(`reveals.states.${state}`)}</Badge>
      <span className="text-xs text-ink-faint empty:hidden">
        {state === "open" && (
          <>
            {t("reveals.until")} <Time at={expiresAt} style="time" />
          </>
        )}
        {state === "over" && decidedAt !== null && (shownAt === null ? t("reveals.notShown") : t("reveals.shown"))}
      </span>
    </span>
  );
}

function Deeds({ reveal: { id, tenant, state, own, requestedBy, providerName, account } }: { reveal: Reveal }) {
  const t = useWords();
  if (state === "open" && own) {
    return (
      // A page of its own: the value is in no other one, and in no script's memory.
      <Form method="post" reloadDocument>
        <input type="hidden" name="client" value={tenant} />
        <input type="hidden" name="revealId" value={id} />
        <Button type="submit" size="sm" variant="primary" name="intent" value="show">
          <Eye aria-hidden />
          {t("reveals.show")}
        </Button>
      </Form>
    );
  }
  if (state !== "waiting") return null;
  if (own) return <span className="text-xs text-ink-faint">{t("reveals.own")}</span>;
  return (
    <span className="flex flex-wrap justify-end gap-2">
      <ConfirmButton
        size="sm"
        title={t("reveals.approveTitle", { name: isolate(requestedBy), provider: providerName, account: isolate(account) })}
        description={t("reveals.approveBody")}
        confirmLabel={t("reveals.approve")}
        confirmVariant="primary"
        fields={{ client: tenant, revealId: id, intent: "approve" }}
      >
        <Check aria-hidden />
        {t("reveals.approve")}
      </ConfirmButton>
      <Form method="post">
        <input type="hidden" name="client" value={tenant} />
        <input type="hidden" name="revealId" value={id} />
        <Button type="submit" size="sm" variant="ghost" name="intent" value="deny">
          <X aria-hidden />
          {t("reveals.deny")}
        </Button>
      </Form>
    </span>
  );
}
