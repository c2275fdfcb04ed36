import type { EpochView } from "@/lib/releases/model/epoch-view";

export type EpochTimelineProps = {
  epochs: readonly EpochView[];
  selected: number | null;
  readEpochs: ReadonlySet<number>;
  timeZone: string;
  onSelect: (epoch: number) => void;
  /** Null when there is nothing earlier. */
  onEarlier: (() => void) | null;
};
