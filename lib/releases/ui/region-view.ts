import type { MapTheme } from "@/lib/map/model/basemap-colors";
import type { City } from "@/lib/map/model/cities";
import type { EpochView } from "@/lib/releases/model/epoch-view";
import type { RegionAnswer } from "@/lib/releases/schema";
import type { EpochChoice } from "@/lib/releases/ui/use-epoch-choice";
import type { Reading } from "@/lib/releases/ui/use-reading";
import type { Scene } from "@/lib/releases/ui/use-scene";

/** What the stage and the panel show: the same thing from two sides. */
export type RegionView = {
  answer: RegionAnswer;
  /** The city that the region lies in, when there is a street map of it. */
  city: City | null;
  epochs: readonly EpochView[];
  loadEarlier: (() => void) | null;
  choice: EpochChoice;
  reading: Reading;
  scene: Scene;
  theme: MapTheme;
  /** The cell that was chosen on the map or in the table. */
  cell: string | null;
  onCell: (cell: string | null) => void;
};
