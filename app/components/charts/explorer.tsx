import { type ComponentType, useRef, useState } from "react";
import { useHydrated } from "#app/components/ui/use-hydrated.ts";
import { wordsOf } from "#app/i18n/words.tsx";
import type { CanvasProps } from "./canvas-props.ts";

const useWords = wordsOf("common");

type Opened = Pick<CanvasProps, "size" | "focused"> & { Canvas: ComponentType<CanvasProps> };

/**
 * Lies over a drawing and lets a person read its figures from point to point. recharts does that, and is large: it is loaded by who
 * points at the drawing, touches it or comes to it by keyboard. Until then, and where it does not come, the drawing stands as it is.
 */
export function Explorer(props: Omit<CanvasProps, "size" | "focused">) {
  const t = useWords();
  const button = useRef<HTMLButtonElement>(null);
  const [opened, setOpened] = useState<Opened>();
  const hydrated = useHydrated();
  if (!hydrated) return null;
  if (opened) return <opened.Canvas {...props} size={opened.size} focused={opened.focused} />;
  const open = async () => {
    const { default: Canvas } = await import("./canvas.client.tsx");
    const { current } = button;
    if (!current) return;
    const size = { width: current.offsetWidth, height: current.offsetHeight };
    setOpened({ Canvas, size, focused: current === document.activeElement });
  };
  return (
    <button
      ref={button}
      type="button"
      className="absolute inset-0 size-full cursor-crosshair rounded-sm"
      aria-label={t("chart.explore", { title: props.title })}
      onPointerEnter={({ pointerType }) => pointerType === "mouse" && void open()}
      onFocus={open}
      onClick={open}
    />
  );
}
