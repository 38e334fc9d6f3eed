/** The arch with the light under it. */
export function BrandMark({ className = "size-7" }: { className?: string }) {
  return (
    <svg aria-hidden viewBox="0 0 32 32" fill="none" strokeWidth={2.8} strokeLinecap="round" strokeLinejoin="round" className={className}>
      <path d="M6 26 16 5l10 21" className="stroke-accent" />
      <path d="M12.2 26a3.8 3.8 0 0 1 7.6 0" className="stroke-magenta" />
    </svg>
  );
}

/** The mark and the name; `label` says which portal this is. `short`: on a phone, which has no room for it, the mark alone. */
export function Brand({ label, short = false }: { label?: string; short?: boolean }) {
  return (
    <span className="inline-flex items-center gap-2.5 text-[0.9375rem] font-semibold tracking-tight text-ink">
      <BrandMark className="size-6" />
      <span className={short ? "max-sm:sr-only" : undefined}>Atrium</span>
      {label && (
        <span className="rounded-full border border-magenta/40 px-1.5 text-2xs font-medium tracking-normal text-magenta">{label}</span>
      )}
    </span>
  );
}
