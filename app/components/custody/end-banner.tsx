import { useTranslation } from "react-i18next";
import { Callout } from "#app/components/ui/callout.tsx";
import { useFormat } from "#app/i18n/display.tsx";

/** Says on every page of a client that its end is set, and for when. */
export function EndBanner({ endsAt, forAdmin = false }: { endsAt: number; forAdmin?: boolean }) {
  const { t } = useTranslation("custody");
  const date = useFormat().date(endsAt, "date");
  return (
    <Callout tone="danger" title={t(forAdmin ? "data.adminBannerTitle" : "data.bannerTitle", { date })} className="mb-6">
      {t(forAdmin ? "data.adminBannerBody" : "data.bannerBody")}
    </Callout>
  );
}
