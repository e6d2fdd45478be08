// What a phone at the door keeps: its right to scan, who may come, what it saw, and scans that wait to be sent.
// Everything that must not be lost is written in one transaction before anybody is let in.

const NAME = "vh-scan";
const VERSION = 1;

const asked = (request) => new Promise((done, failed) => {
  request.onsuccess = () => done(request.result);
  request.onerror = () => failed(request.error);
});

const finished = (transaction) => new Promise((done, failed) => {
  transaction.oncomplete = () => done();
  transaction.onabort = () => failed(transaction.error ?? new DOMException("", "AbortError"));
});

export class Store {
  static async open() {
    const request = indexedDB.open(NAME, VERSION);
    request.onupgradeneeded = () => {
      const database = request.result;
      for (const name of ["meta", "seen", "stuck"]) database.createObjectStore(name);
      database.createObjectStore("queue", { keyPath: "scan_id" });
    };
    return new Store(await asked(request));
  }

  constructor(database) {
    this.database = database;
    database.onversionchange = () => database.close();
  }

  read(name) {
    return this.database.transaction(name).objectStore(name);
  }

  write(...names) {
    return this.database.transaction(names, "readwrite", { durability: "strict" });
  }

  get(key) {
    return asked(this.read("meta").get(key));
  }

  async set(key, value) {
    const transaction = this.write("meta");
    transaction.objectStore("meta").put(value, key);
    await finished(transaction);
  }

  /** Keeps a scan, what it says about its holder, and counts it: all of it or nothing. */
  async keep(scan, seenKey, seen) {
    const transaction = this.write("meta", "queue", "seen");
    const meta = transaction.objectStore("meta");
    scan.seq = ((await asked(meta.get("seq"))) ?? 0) + 1;
    meta.put(scan.seq, "seq");
    transaction.objectStore("queue").put(scan);
    if (seenKey) transaction.objectStore("seen").put(seen, seenKey);
    await finished(transaction);
    return scan;
  }

  /** Keeps scans that another phone handed over, once each. */
  async adopt(scans) {
    const transaction = this.write("queue");
    for (const scan of scans) transaction.objectStore("queue").put(scan);
    await finished(transaction);
  }

  async change(scanId, changes) {
    const transaction = this.write("queue");
    const queue = transaction.objectStore("queue");
    const scan = await asked(queue.get(scanId));
    if (scan) queue.put({ ...scan, ...changes });
    await finished(transaction);
  }

  async waiting() {
    const scans = await asked(this.read("queue").getAll());
    return scans.sort((one, other) => one.seq - other.seq);
  }

  count() {
    return asked(this.read("queue").count());
  }

  /** Lets go of what was answered. What the server could not read is put aside, never thrown away. */
  async settle(pairs) {
    const transaction = this.write("queue", "stuck");
    for (const [scan, answer] of pairs) {
      transaction.objectStore("queue").delete(scan.scan_id);
      if (answer.reason === "bad_scan") transaction.objectStore("stuck").put(scan, scan.scan_id);
    }
    await finished(transaction);
  }

  async seen() {
    const store = this.read("seen");
    const [keys, values] = await Promise.all([asked(store.getAllKeys()), asked(store.getAll())]);
    return new Map(keys.map((key, index) => [key, values[index]]));
  }

  async note(key, seen) {
    const transaction = this.write("seen");
    transaction.objectStore("seen").put(seen, key);
    await finished(transaction);
  }

  /** Forgets the people, but no scan that waits. */
  async forgetPeople() {
    const transaction = this.write("meta", "seen");
    transaction.objectStore("meta").delete("roster");
    transaction.objectStore("seen").clear();
    await finished(transaction);
  }
}
