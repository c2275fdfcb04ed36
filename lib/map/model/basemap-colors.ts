export type MapTheme = "light" | "dark";

/** What the basemap is painted with. Muted, so that the hexagons are the loudest thing on it. */
export type BasemapColors = {
  land: string;
  park: string;
  grounds: string;
  sand: string;
  water: string;
  waterLabel: string;
  building: string;
  casing: string;
  street: string;
  main: string;
  motorway: string;
  path: string;
  rail: string;
  label: string;
  faintLabel: string;
  halo: string;
};

export const basemapColors: Record<MapTheme, BasemapColors> = {
  light: {
    land: "#f3f1ed",
    park: "#e3eadb",
    grounds: "#eceae5",
    sand: "#f3ecd9",
    water: "#c9dbe3",
    waterLabel: "#5b7f90",
    building: "#e4e0da",
    casing: "#dedad3",
    street: "#ffffff",
    main: "#ffffff",
    motorway: "#fbf6ea",
    path: "#e6e2da",
    rail: "#cfcac2",
    label: "#3c4248",
    faintLabel: "#5b6167",
    halo: "#f7f5f1",
  },
  dark: {
    land: "#14181b",
    park: "#172019",
    grounds: "#181c1f",
    sand: "#1d1f1d",
    water: "#0c1c26",
    waterLabel: "#587686",
    building: "#1e2326",
    casing: "#0f1214",
    street: "#2a3034",
    main: "#363d42",
    motorway: "#444c52",
    path: "#23282b",
    rail: "#2f3438",
    label: "#dde2e5",
    faintLabel: "#b3bcc2",
    halo: "#0e1215",
  },
};
