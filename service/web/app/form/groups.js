// The order in which people think of a job. A field that no group names comes last.

const GROUPS = [
  {
    title: "What to learn",
    isOpen: true,
    names: ["name", "dataset", "target", "features", "task"],
  },
  { title: "Network", isOpen: true, names: ["network"] },
  {
    title: "Descent",
    isOpen: true,
    names: ["optimizer", "epochs", "batch_size", "cost", "training_cost", "l1", "l2", "clip_norm"],
  },
  { title: "Validation and stopping", isOpen: false, names: ["validation", "stop"] },
  {
    title: "Preparing the data",
    isOpen: false,
    names: ["scaling", "missing", "class_weights", "weight_column"],
  },
];
const REST = { title: "Everything else", isOpen: false };

/** The members of an object, by group: { title, isOpen, names }. */
export function grouped(names) {
  const groups = GROUPS.map((group) => ({
    ...group,
    names: group.names.filter((name) => names.includes(name)),
  }));
  const placed = groups.flatMap((group) => group.names);
  const rest = { ...REST, names: names.filter((name) => !placed.includes(name)) };
  return [...groups, rest].filter((group) => group.names.length > 0);
}
