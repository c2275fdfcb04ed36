"use client";

import { DataTable, type Column } from "@/components/data-table";
import { formatEstimate } from "@/lib/kernel/format";
import type { CellEstimate } from "@/lib/privacy/model/decode-release";
import { describeSpeed, shortCell, speedEstimate } from "@/lib/releases/model/cell-words";

type CellTableProps = {
  caption: string;
  estimates: readonly CellEstimate[];
  selected: string | null;
  onSelect: (cell: string) => void;
};

const columns: readonly Column<CellEstimate>[] = [
  {
    key: "cell",
    header: "Cell",
    cell: ({ cell }) => <span className="font-mono text-xs">{shortCell(cell)}</span>,
    sortBy: ({ cell }) => Number.parseInt(shortCell(cell), 16),
  },
  {
    key: "vehicles",
    header: "Vehicles",
    isNumber: true,
    cell: (row) => (row.shown ? formatEstimate(row.vehicles) : <span className="text-muted">not shown</span>),
    sortBy: (row) => (row.shown ? row.vehicles.value : null),
  },
  {
    key: "speed",
    header: "Mean speed",
    isNumber: true,
    cell: (row) => (row.shown ? describeSpeed(row) : <span className="text-muted">not shown</span>),
    sortBy: (row) => (row.shown ? (speedEstimate(row)?.value ?? null) : null),
  },
  {
    key: "median",
    header: "Half below",
    isNumber: true,
    cell: (row) => (row.shown && row.percentiles !== null ? `${Math.round(row.percentiles.p50)} km/h` : ""),
    sortBy: (row) => (row.shown ? (row.percentiles?.p50 ?? null) : null),
  },
  {
    key: "note",
    header: "Note",
    cell: (row) => (row.shown && row.nearThreshold ? "close to the threshold" : ""),
    sortBy: (row) => (row.shown && row.nearThreshold ? 1 : 0),
  },
];

const busiestFirst = { key: "vehicles", isDescending: true };

/** The map's numbers as a table: every cell can be reached by keyboard. */
export function CellTable({ caption, estimates, selected, onSelect }: CellTableProps) {
  return <DataTable caption={caption} columns={columns} rows={estimates} rowKey={({ cell }) => cell} initialOrder={busiestFirst} selected={selected} onSelect={onSelect} />;
}
