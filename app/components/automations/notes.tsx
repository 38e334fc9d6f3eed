/** What a reader should know of figures, a line each. */
export const Notes = ({ notes }: { notes: readonly string[] }) => (
  <ul className="mt-4 grid gap-1 text-[0.8125rem] text-ink-muted empty:hidden">
    {notes.map((note) => (
      <li key={note}>{note}</li>
    ))}
  </ul>
);
