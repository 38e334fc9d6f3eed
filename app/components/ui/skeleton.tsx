import { useTranslation } from "react-i18next";
import { cn } from "./cn.ts";

/** A shimmering place for what is still loading; give it the size of what will come. */
export function Skeleton({ className }: { className?: string }) {
  return <span aria-hidden className={cn("skeleton block h-4 rounded-control", className)} />;
}

/** Several lines of skeleton that say "Loading" once to screen readers. */
export function SkeletonLines({ lines = 3, className }: { lines?: number; className?: string }) {
  const { t } = useTranslation();
  return (
    <div role="status" className={cn("grid gap-3", className)}>
      <span className="sr-only">{t("loading")}</span>
      {Array.from({ length: lines }, (_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the lines are all the same
        <Skeleton key={index} className={index === lines - 1 ? "w-3/5" : "w-full"} />
      ))}
    </div>
  );
}
