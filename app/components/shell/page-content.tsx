import { useLocation, useNavigation } from "@remix-run/react";
import { type ReactNode, useEffect, useState } from "react";
import { Card } from "#app/components/ui/card.tsx";
import { Skeleton } from "#app/components/ui/skeleton.tsx";
import { wordsOf } from "#app/i18n/words.tsx";

const useWords = wordsOf("common");

/** Fast pages come without a flicker in between. */
const SHOWN_AFTER_MS = 250;

/** The page inside the frame; its outline stands in its place while another page takes its time to come. */
export function PageContent({ children }: { children: ReactNode }) {
  const slow = useSlowNavigation();
  return (
    <>
      {slow && <PageSkeleton />}
      {/* Only hidden: a way that is broken off leads back to what was typed. */}
      <div hidden={slow}>{children}</div>
    </>
  );
}

/** Whether another address is on its way for longer than a moment. A form that was sent keeps its page and shows it itself. */
function useSlowNavigation(): boolean {
  const { state, location, formMethod } = useNavigation();
  const here = useLocation();
  const leaving = state === "loading" && formMethod === undefined && location.pathname !== here.pathname;
  const [late, setLate] = useState(false);
  useEffect(() => {
    if (!leaving) return;
    const timer = setTimeout(() => setLate(true), SHOWN_AFTER_MS);
    return () => {
      clearTimeout(timer);
      setLate(false);
    };
  }, [leaving]);
  return leaving && late;
}

function PageSkeleton() {
  const t = useWords();
  return (
    <div role="status" className="animate-fade">
      <span className="sr-only">{t("loading")}</span>
      <Skeleton className="mb-3 h-7 w-48" />
      <Skeleton className="mb-8 h-4 w-full max-w-md" />
      <div className="mb-6 grid grid-cols-2 gap-4 lg:grid-cols-4">
        <Skeleton className="h-28" />
        <Skeleton className="h-28" />
        <Skeleton className="h-28 max-lg:hidden" />
        <Skeleton className="h-28 max-lg:hidden" />
      </div>
      <Card className="grid gap-4">
        <Skeleton />
        <Skeleton />
        <Skeleton className="h-4 w-3/5" />
      </Card>
    </div>
  );
}
