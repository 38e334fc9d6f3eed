import { Download } from "lucide-react";
import { Button } from "#app/components/ui/button.tsx";

/** A chart's figures as a file. */
export function CsvLink({ to, label }: { to: string; label: string }) {
  return (
    <Button asChild variant="ghost" size="sm">
      <a href={to} download>
        <Download aria-hidden />
        CSV
        <span className="sr-only">: {label}</span>
      </a>
    </Button>
  );
}
