"use client";

import { useId } from "react";
import { classNames } from "@/components/class-names";

export type Segment<Value extends string> = { value: Value; label: string; disabled?: boolean };

type SegmentedControlProps<Value extends string> = {
  label: string;
  segments: readonly Segment<Value>[];
  value: Value;
  onChange: (value: Value) => void;
  size?: "medium" | "small";
  className?: string;
};

/** One of a few, all in sight. Native radio buttons, so that arrow keys and readers work as everywhere. */
export function SegmentedControl<Value extends string>(props: SegmentedControlProps<Value>) {
  const { label, segments, value, onChange, size = "medium", className } = props;
  const name = useId();
  return (
    <fieldset className={classNames("inline-flex rounded-control bg-sunken p-0.5", className)}>
      <legend className="sr-only">{label}</legend>
      {segments.map((segment) => (
        <label
          key={segment.value}
          className={classNames(
            "flex flex-1 cursor-pointer items-center justify-center rounded-[6px] px-3 whitespace-nowrap text-muted transition-colors duration-150 select-none",
            "hover:text-ink has-checked:bg-surface has-checked:font-semibold has-checked:text-ink has-checked:shadow-[0_0_0_1px_var(--line)]",
            "has-focus-visible:outline-2 has-focus-visible:outline-accent-strong has-disabled:opacity-50",
            size === "small" ? "h-7 text-xs" : "h-8 text-sm",
          )}
        >
          <input
            type="radio"
            className="sr-only"
            name={name}
            value={segment.value}
            checked={segment.value === value}
            disabled={segment.disabled}
            onChange={() => onChange(segment.value)}
          />
          {segment.label}
        </label>
      ))}
    </fieldset>
  );
}
