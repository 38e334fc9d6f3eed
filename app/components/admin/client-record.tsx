import { Badge } from "#app/components/ui/badge.tsx";
import { Card } from "#app/components/ui/card.tsx";
import { DescriptionList } from "#app/components/ui/description-list.tsx";
import { Time } from "#app/components/ui/time.tsx";
import { useFormat } from "#app/i18n/display.tsx";
import { wordsOf } from "#app/i18n/words.tsx";
import type { Outputs } from "#server/trpc/root.ts";

const useWords = wordsOf("clients", "admin");

type Client = Outputs["clients"]["get"];

/** How a client came, whose it is, and when its record was changed last. */
export function ClientRecord({ client, providerName }: { client: Client; providerName: (id: string) => string }) {
  const t = useWords();
  const { source = "", tags = [] } = client;
  const from =
    source === "manual" || source === "script"
      ? t(`record.sources.${source}`)
      : t("record.fromAccount", { provider: providerName(source) });
  return (
    <Card title={t("record.title")}>
      <DescriptionList
        items={[
          { term: t("client.id"), value: <code className="font-mono">{client.id}</code> },
          { term: t("record.owner"), value: client.owner === null ? t("record.noOwner") : <bdi>{client.owner}</bdi> },
          { term: t("record.source"), value: from },
          {
            term: t("record.tags"),
            value:
              tags.length === 0 ? (
                t("record.noTags")
              ) : (
                <span className="flex flex-wrap gap-1.5">
                  {tags.map((tag) => (
                    <Badge key={tag}>
                      <bdi>{tag}</bdi>
                    </Badge>
                  ))}
                </span>
              ),
          },
          { term: t("client.since"), value: <Time at={client.createdAt} style="date" /> },
          { term: t("record.updated"), value: <Time at={client.updatedAt} /> },
          {
            term: t("client.lastActivity"),
            value: client.lastActivityAt === null ? t("admin:never") : <Time at={client.lastActivityAt} />,
          },
        ]}
      />
    </Card>
  );
}

/** What is known of the Klaviyo account that a client's jobs read. */
export function KlaviyoRecord({ klaviyo }: { klaviyo: NonNullable<Client["klaviyo"]> }) {
  const t = useWords();
  const format = useFormat();
  const counted = (count: number | null) => (count === null ? t("record.notMeasured") : format.count(count));
  const { testAccount } = klaviyo;
  return (
    <Card title="Klaviyo">
      <DescriptionList
        items={[
          { term: t("record.accountId"), value: <code className="font-mono">{klaviyo.accountId}</code> },
          { term: t("record.companyId"), value: <code className="font-mono">{klaviyo.companyId}</code> },
          { term: t("record.emailDomain"), value: klaviyo.emailDomain === null ? t("record.unknown") : <bdi>{klaviyo.emailDomain}</bdi> },
          { term: t("record.lists"), value: counted(klaviyo.listCount) },
          { term: t("record.segments"), value: counted(klaviyo.segmentCount) },
          {
            term: t("record.testAccount"),
            value: testAccount === null ? t("record.unknown") : t(testAccount ? "record.yes" : "record.no"),
          },
        ]}
      />
    </Card>
  );
}
