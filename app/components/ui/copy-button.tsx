import { Check, Copy } from "lucide-react";
import { useEffect, useState } from "react";
import { wordsOf } from "#app/i18n/words.tsx";
import { Button } from "./button.tsx";
import { cn } from "./cn.ts";
import { useHydrated } from "./use-hydrated.ts";

const useWords = wordsOf("common");

/** Copies `value`. Without JavaScript it keeps its place but is not shown: the text beside it can be selected. */
export function CopyButton({ value, label, className }: { value: string; label?: string; className?: string }) {
  const t = useWords();
  const hydrated = useHydrated();
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 2_000);
    return () => clearTimeout(timer);
  }, [copied]);
  const Icon = copied ? Check : Copy;
  return (
    <Button
      variant="ghost"
      size="sm"
      className={cn(!hydrated && "invisible", className)}
      onClick={() => void navigator.clipboard.writeText(value).then(() => setCopied(true))}
    >
      <Icon aria-hidden className={cn(copied && "text-ok")} />
      <span aria-live="polite">{copied ? t("actions.copied") : (label ?? t("actions.copy"))}</span>
    </Button>
  );
}
