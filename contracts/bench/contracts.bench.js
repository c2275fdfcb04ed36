// Prints one measurement a line as JSON: {"name","value","unit","n"}. Run by `npm run bench` as a test of its own, since Zama's plugin
// sets up its mock coprocessor for tests only.
const { measureAll } = require("./measure");

it("measures", async function () {
  this.timeout(0);
  try {
    for await (const measurement of measureAll()) console.log(JSON.stringify(measurement));
  } catch (error) {
    console.error(error);
    throw error;
  }
});
