"use client";

import { ArrowDown, ArrowUp } from "lucide-react";
import { useMemo, useState, type ReactNode } from "react";
import { classNames } from "@/components/class-names";

export type Column<Row> = {
  key: string;
  header: string;
  /** What is shown. */
  cell: (row: Row) => ReactNode;
  /** What rows are sorted by; a row without a number goes last. */
  sortBy: (row: Row) => number | null;
  isNumber?: boolean;
};

export type Order = { key: string; isDescending: boolean };

type DataTableProps<Row> = {
  caption: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  rowKey: (row: Row) => string;
  initialOrder: Order;
  selected: string | null;
  onSelect: (key: string) => void;
};

function sortRows<Row>(rows: readonly Row[], column: Column<Row> | undefined, isDescending: boolean): readonly Row[] {
  if (column === undefined) return rows;
  const sign = isDescending ? -1 : 1;
  return rows.toSorted((one, other) => {
    const [left, right] = [column.sortBy(one), column.sortBy(other)];
    if (left === null || right === null) return Number(left === null) - Number(right === null);
    return sign * (left - right);
  });
}

function HeaderCell<Row>({ column, order, onOrder }: { column: Column<Row>; order: Order; onOrder: (order: Order) => void }) {
  const isSorted = order.key === column.key;
  const Icon = order.isDescending ? ArrowDown : ArrowUp;
  return (
    <th
      scope="col"
      aria-sort={isSorted ? (order.isDescending ? "descending" : "ascending") : "none"}
      className={classNames("sticky top-0 border-b bg-surface p-0 font-normal text-muted", column.isNumber === true ? "text-right" : "text-left")}
    >
      <button
        type="button"
        onClick={() => onOrder({ key: column.key, isDescending: isSorted ? !order.isDescending : column.isNumber === true })}
        className="inline-flex items-center gap-1 px-3 py-2 text-xs hover:text-ink"
      >
        {column.header}
        <Icon aria-hidden className={classNames("size-3", !isSorted && "invisible")} />
      </button>
    </th>
  );
}

/** A table whose columns sort and whose rows can be chosen, by mouse and by keyboard. */
export function DataTable<Row>({ caption, columns, rows, rowKey, initialOrder, selected, onSelect }: DataTableProps<Row>) {
  const [order, setOrder] = useState<Order>(initialOrder);
  const sorted = useMemo(() => sortRows(rows, columns.find(({ key }) => key === order.key), order.isDescending), [rows, columns, order]);
  return (
    <table className="w-full border-separate border-spacing-0 text-sm">
      <caption className="sr-only">{caption}</caption>
      <thead>
        <tr>{columns.map((column) => <HeaderCell key={column.key} column={column} order={order} onOrder={setOrder} />)}</tr>
      </thead>
      <tbody>
        {sorted.map((row) => {
          const key = rowKey(row);
          return (
            <tr key={key} aria-selected={key === selected} onClick={() => onSelect(key)} className="group cursor-pointer hover:bg-sunken aria-selected:bg-accent-soft">
              {columns.map((column, index) => (
                <td key={column.key} className={classNames("border-b px-3 py-2", column.isNumber === true && "text-right tabular-nums")}>
                  {index === 0
                    ? <button type="button" className="text-left underline-offset-4 group-hover:underline" onClick={() => onSelect(key)}>{column.cell(row)}</button>
                    : column.cell(row)}
                </td>
              ))}
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
