"use client";

import { Check, Copy } from "lucide-react";
import { useState } from "react";

/** A small text that can be copied: an error's code, a command. */
export function CopyButton({ text, label }: { text: string; label: string }) {
  const [copied, setCopied] = useState(false);
  const Icon = copied ? Check : Copy;
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    setCopied(true);
  };
  return (
    <button
      type="button"
      onClick={() => void copy()}
      onBlur={() => setCopied(false)}
      aria-label={copied ? `${label}: copied` : label}
      className="inline-flex max-w-full items-center gap-1.5 rounded-[6px] bg-sunken px-2 py-1 font-mono text-xs text-ink hover:bg-line"
    >
      <span className="truncate">{text}</span>
      <Icon aria-hidden className="size-3 shrink-0" />
    </button>
  );
}
