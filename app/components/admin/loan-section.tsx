import { Form } from "@remix-run/react";
import { FormMessage } from "#app/components/shell/form-message.tsx";
import { Section } from "#app/components/shell/section.tsx";
import { Badge } from "#app/components/ui/badge.tsx";
import { Card } from "#app/components/ui/card.tsx";
import { ConfirmButton } from "#app/components/ui/confirm-button.tsx";
import { Field } from "#app/components/ui/field.tsx";
import { ProviderMark } from "#app/components/ui/provider-mark.tsx";
import { Select } from "#app/components/ui/select.tsx";
import { SubmitButton } from "#app/components/ui/submit-button.tsx";
import { Table } from "#app/components/ui/table.tsx";
import { Time } from "#app/components/ui/time.tsx";
import type { FormFailure } from "#app/form-errors.ts";
import { wordsOf } from "#app/i18n/words.tsx";
import type { Outputs } from "#server/trpc/root.ts";
import { AccountCell } from "./account-cell.tsx";
import { ClientLink } from "./client-link.tsx";

const useWords = wordsOf("loans", "account", "admin");

type Client = Outputs["clients"]["get"];
type Loan = Outputs["clients"]["loans"][number];
type Lendable = Outputs["clients"]["lendable"];

/** What is lent to this client, the form that lends it another account, and what it lends itself. */
export function LoanSection({
  client,
  loans,
  lendable,
  failure,
}: {
  client: Client;
  loans: readonly Loan[];
  lendable: Lendable;
  failure: FormFailure | undefined;
}) {
  const t = useWords();
  const borrowed = loans.filter(({ borrower }) => borrower === client.id);
  const lent = loans.filter(({ lender }) => lender === client.id);
  return (
    <>
      <Section title={t("title")} description={t("description")}>
        {failure && <FormMessage failure={failure} />}
        <Card padding="none">
          {borrowed.length === 0 ? (
            <p className="px-5 py-4 text-[0.8125rem] text-ink-muted">{t("none")}</p>
          ) : (
            <LoanTable caption={t("title")} loans={borrowed} other="lender" />
          )}
          <div className="border-t border-line px-5 py-4">
            <LendForm client={client} lendable={lendable} chosen={failure?.values.account} />
          </div>
        </Card>
      </Section>
      {lent.length > 0 && (
        <Section title={t("out")} description={t("outDescription")}>
          <Card padding="none">
            <LoanTable caption={t("out")} loans={lent} other="borrower" />
          </Card>
        </Section>
      )}
    </>
  );
}

/** `other`: which of the two clients is named, since the page is the other one's. */
function LoanTable({ caption, loans, other }: { caption: string; loans: readonly Loan[]; other: "lender" | "borrower" }) {
  const t = useWords();
  return (
    <Table
      caption={caption}
      rows={loans}
      rowKey={({ id }) => id}
      columns={[
        {
          key: "account",
          header: t("account"),
          primary: true,
          cell: ({ provider, providerName, account, status }) => (
            <span className="flex min-w-0 flex-wrap items-center gap-3">
              <ProviderMark id={provider} name={providerName} small />
              <AccountCell name={account ?? providerName} providerName={providerName} />
              {status !== "active" && (
                <Badge tone="warn">
                  {t(status === "reconnect_needed" ? "account:state.reconnect_needed" : "account:state.not_connected")}
                </Badge>
              )}
            </span>
          ),
        },
        { key: "client", header: t(other), cell: (loan) => <ClientLink id={loan[other]} /> },
        { key: "since", header: t("since"), cell: ({ lentAt }) => <Time at={lentAt} style="date" /> },
        {
          key: "actions",
          header: <span className="sr-only">{t("admin:actions")}</span>,
          actions: true,
          cell: (loan) => <EndLoan loan={loan} />,
        },
      ]}
    />
  );
}

function EndLoan({ loan: { id, account, providerName, borrowerName } }: { loan: Loan }) {
  const t = useWords();
  const named = account ?? providerName;
  return (
    <ConfirmButton
      size="sm"
      variant="ghost"
      title={t("endTitle", { account: named })}
      description={t("endBody", { client: borrowerName })}
      confirmLabel={t("end")}
      fields={{ intent: "end-loan", loanId: id, account: named }}
    >
      {t("end")}
      <span className="sr-only">: {named}</span>
    </ConfirmButton>
  );
}

function LendForm({ client, lendable, chosen }: { client: Client; lendable: Lendable; chosen: string | undefined }) {
  const t = useWords();
  if (lendable.length === 0) {
    const stopped = client.status === "suspended" || client.endsAt !== null;
    return <p className="text-[0.8125rem] text-ink-faint">{t(stopped ? "stopped" : "nothing")}</p>;
  }
  const options = lendable.map(({ lender, lenderName, connection, account, providerName }) => ({
    value: `${lender}/${connection}`,
    label: t("option", { provider: providerName, account, client: lenderName }),
  }));
  return (
    // Empty again once something was lent.
    <Form key={lendable.length} method="post" className="flex flex-wrap items-end gap-3">
      <Field label={t("lendLabel")} className="min-w-0 flex-1 basis-64 sm:max-w-md">
        <Select name="account" defaultValue={chosen ?? ""} options={[{ value: "", label: t("choose") }, ...options]} />
      </Field>
      <SubmitButton name="intent" value="lend" variant="secondary">
        {t("lend")}
      </SubmitButton>
    </Form>
  );
}
