import { Form } from "@remix-run/react";
import { BellRing, CheckCheck, Settings2 } from "lucide-react";
import { CursorPages } from "#app/components/admin/cursor-pages.tsx";
import { PageHeader } from "#app/components/shell/page-header.tsx";
import { Section } from "#app/components/shell/section.tsx";
import { Button } from "#app/components/ui/button.tsx";
import { Card } from "#app/components/ui/card.tsx";
import { EmptyState } from "#app/components/ui/empty-state.tsx";
import { Link } from "#app/components/ui/link.tsx";
import { SubmitButton } from "#app/components/ui/submit-button.tsx";
import { wordsOf } from "#app/i18n/words.tsx";
import { NoticeList, type NoticePage as Page } from "./notice-list.tsx";

const useWords = wordsOf("notifications");

/** What the reader was told: what is unread first. */
export function NoticePage({ page, base, settings }: { page: Page; base: string; settings: string }) {
  const t = useWords();
  const { unread, earlier, next } = page;
  return (
    <>
      <PageHeader
        title={t("title")}
        description={t("description")}
        actions={
          <Button asChild size="sm" variant="ghost">
            <Link to={settings}>
              <Settings2 aria-hidden />
              {t("settingsLink")}
            </Link>
          </Button>
        }
      />
      {unread.length > 0 && (
        <Section
          title={t("unread")}
          actions={
            <Form method="post">
              <SubmitButton size="sm" variant="secondary">
                <CheckCheck aria-hidden />
                {t("markAll")}
              </SubmitButton>
            </Form>
          }
        >
          <Card padding="none">
            <NoticeList notices={unread} base={base} />
          </Card>
        </Section>
      )}
      {unread.length === 0 && earlier.length === 0 && (
        <Card padding="none">
          <EmptyState icon={BellRing} title={t("emptyTitle")}>
            {t("emptyBody")}
          </EmptyState>
        </Card>
      )}
      {earlier.length > 0 && (
        <Section title={t("earlier")}>
          <Card padding="none">
            <NoticeList notices={earlier} base={base} />
            <CursorPages next={next} summary={t("shown", { count: earlier.length })} />
          </Card>
        </Section>
      )}
    </>
  );
}
