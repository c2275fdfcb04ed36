import { writeBasemap } from "@/local/city/basemap";

/** Builds the offline street map into `public/map`; equal input gives equal files, so running it again changes nothing. */
async function main(): Promise<void> {
  const { file, archive, tiles } = await writeBasemap("public/map");
  console.log(`${file}: ${tiles} tiles, ${(archive.length / 1e6).toFixed(1)} MB`);
}

await main();
