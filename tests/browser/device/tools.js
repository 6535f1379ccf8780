const prefix = new URL(document.querySelector("link[rel=icon]").href).pathname.replace("icons/icon.svg", "js/offline/");
const load = (name) => import(`${prefix}${name}.js`);
const { Trouble, exists, got, read, write } = await load("db");
const { Vault, create, probe, unlockByPhrase, unlockByServer, vaults } = await load("vault");
const { Records, eraseCases, eraseUnlessWaiting, expire, waiting } = await load("records");
const { Outbox, contact } = await load("outbox");
const { Api } = await load("api");
const { carry } = await load("carry");
const { localTime } = await load("time");

async function attempt(work) {
  try {
    return await work();
  } catch (error) {
    if (error.code === undefined || error.name !== "Trouble") throw error;
    const { code, status, wait, left } = error;
    return JSON.parse(JSON.stringify({ code, status, wait, left }));
  }
}

function letters(value) {
  if (value instanceof Uint8Array) return [...value].map((byte) => String.fromCharCode(byte)).join("");
  if (Array.isArray(value)) return value.map(letters);
  if (value && typeof value === "object") return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, letters(one)]));
  return value;
}

async function dump() {
  return read(["vaults", "records"], async (...stores) => letters(await Promise.all(stores.map((store) => got(store.getAll())))));
}

async function change(store, id, values) {
  await write([store], async (records) => records.put({ ...(await got(records.get(id))), ...values }));
}
