import { Form } from "@remix-run/react";
import { Check, X } from "lucide-react";
import { FormMessage } from "#app/components/shell/form-message.tsx";
import { Badge } from "#app/components/ui/badge.tsx";
import { Card } from "#app/components/ui/card.tsx";
import { ConfirmButton } from "#app/components/ui/confirm-button.tsx";
import { Field } from "#app/components/ui/field.tsx";
import { Input } from "#app/components/ui/input.tsx";
import { Link } from "#app/components/ui/link.tsx";
import { Select } from "#app/components/ui/select.tsx";
import { SubmitButton } from "#app/components/ui/submit-button.tsx";
import { Table } from "#app/components/ui/table.tsx";
import { Time } from "#app/components/ui/time.tsx";
import type { FormFailure } from "#app/form-errors.ts";
import { isolate } from "#app/i18n/isolate.ts";
import { wordsOf } from "#app/i18n/words.tsx";
import type { Outputs } from "#server/trpc/root.ts";

const useWords = wordsOf("requests", "common");

type Request = Outputs["requests"]["list"][number];

const PLANS = ["quickwin", "essentials", "growth"] as const;

/** One that waits: who asks, and the client that would be made. */
export function WaitingRequest({
  request,
  plan,
  failure,
}: {
  request: Request;
  /** What new clients begin with. */
  plan: (typeof PLANS)[number];
  failure: FormFailure | undefined;
}) {
  const t = useWords();
  const { id, email, company, createdAt, slug } = request;
  const approve = `approve-${id}`;
  return (
    <Card as="li" className="grid grid-cols-1 gap-4">
      <div>
        <h2 className="text-[0.9375rem] font-semibold [overflow-wrap:anywhere]">
          <bdi>{company}</bdi>
        </h2>
        <p className="text-[0.8125rem] text-ink-muted [overflow-wrap:anywhere]">
          <bdi>{email}</bdi> · <Time at={createdAt} />
        </p>
      </div>
      <FormMessage failure={failure} />
      <Form method="post" id={approve} className="grid grid-cols-1 items-start gap-4 sm:grid-cols-3">
        <input type="hidden" name="workspaceRequestId" value={id} />
        <input type="hidden" name="email" value={email} />
        <Field label={t("name")} error={failure?.fields.name}>
          <Input name="name" maxLength={80} dir="auto" defaultValue={failure?.values.name ?? company} />
        </Field>
        <Field label={t("id")} hint={t("idHint")} error={failure?.fields.id}>
          <Input
            name="id"
            maxLength={80}
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
            dir="ltr"
            className="font-mono rtl:text-end"
            defaultValue={failure?.values.id ?? slug ?? ""}
          />
        </Field>
        <Field label={t("plan")}>
          <Select
            name="plan"
            defaultValue={failure?.values.plan ?? plan}
            options={PLANS.map((value) => ({ value, label: t(`common:plan.${value}`) }))}
          />
        </Field>
      </Form>
      <div className="flex flex-wrap gap-2">
        <SubmitButton form={approve} name={`approve-${id}`} value="1">
          <Check aria-hidden />
          {t("approve")}
          <span className="sr-only">: {company}</span>
        </SubmitButton>
        <ConfirmButton
          variant="ghost"
          title={t("declineTitle", { company: isolate(company) })}
          description={t("declineBody")}
          confirmLabel={t("decline")}
          fields={{ intent: "decline", workspaceRequestId: id }}
        >
          <X aria-hidden />
          {t("decline")}
          <span className="sr-only">: {company}</span>
        </ConfirmButton>
      </div>
    </Card>
  );
}

/** Those of the last weeks. */
export function DecidedRequests({ requests }: { requests: readonly Request[] }) {
  const t = useWords();
  return (
    <Table
      caption={t("decided")}
      rows={requests}
      rowKey={({ id }) => id}
      columns={[
        {
          key: "company",
          header: t("company"),
          primary: true,
          cell: ({ company, ofTenant }) =>
            ofTenant ? (
              <Link to={`/admin/clients/${ofTenant}`} className="link">
                <bdi>{company}</bdi>
              </Link>
            ) : (
              <bdi>{company}</bdi>
            ),
        },
        { key: "email", header: t("email"), cell: ({ email }) => <bdi className="[overflow-wrap:anywhere]">{email}</bdi> },
        {
          key: "decision",
          header: t("decision"),
          cell: ({ decision, decidedBy }) => (
            <span className="flex flex-wrap items-center gap-2">
              {decision && <Badge tone={decision === "approved" ? "ok" : "neutral"}>{t(decision)}</Badge>}
              {decidedBy && <span className="text-ink-muted">{t("by", { name: isolate(decidedBy) })}</span>}
            </span>
          ),
        },
        { key: "at", header: t("at"), cell: ({ createdAt }) => <Time at={createdAt} /> },
      ]}
    />
  );
}
