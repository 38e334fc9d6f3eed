import { Download } from "lucide-react";
import { Button } from "#app/components/ui/button.tsx";
import { wordsOf } from "#app/i18n/words.tsx";

const useWords = wordsOf("overview");

/** A chart's figures as a file. */
export function CsvLink({ to, label }: { to: string; label: string }) {
  const t = useWords();
  return (
    <Button asChild variant="ghost" size="sm">
      <a href={to} download>
        <Download aria-hidden />
        CSV
        <span className="sr-only">{t("csv.of", { label })}</span>
      </a>
    </Button>
  );
}
