/** Who sees something of a drive, from the one who sees everything to the one who reads the result. */
export const eyes = ["device", "chain", "operator", "buyer"] as const;

export type Eye = (typeof eyes)[number];

export const eyeNames: Record<Eye, string> = { device: "Your device", chain: "The chain", operator: "The operator", buyer: "The buyer" };

/** One sentence each: what the picture beside it shows. */
export const eyeWords: Record<Eye, { title: string; text: string }> = {
  device: {
    title: "Your device sees everything, and forgets it",
    text: "The drive becomes grid cells and speed classes. Both ends are cut out by secret discs, a random sample is kept within a daily budget, and only those bits are encrypted.",
  },
  chain: {
    title: "The chain sees a set of tiles and random-looking bytes",
    text: "A contribution holds a word for every tile of a fixed set, zeros included. Which tiles hold something, and what, stays encrypted, also while it is added to everybody else's.",
  },
  operator: {
    title: "The operator sees the same, and a ticket",
    text: "A ticket lets one contribution count once. It is signed for a one-time address; nothing stored beside a contribution says whose it is.",
  },
  buyer: {
    title: "The buyer sees a blurred sum",
    text: "Noise that nobody knows is added before anything can be read, and cells with small counts are blanked. Every number comes with the interval in which the truth lies.",
  },
};
