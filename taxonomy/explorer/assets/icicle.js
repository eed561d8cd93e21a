// Nodes and their shares in, rectangles out: each level a column, each node as tall as its share.

/** The rectangles below a node, or of the two broadest levels: node, x, y, width, height.

    The finer of two levels, whose nodes have less height for their names, is the wider. A node's
    children share its height by their shares, so that one may compare heights within a column. */
function icicleCells(model, root, width, height) {
  const tops = (root ? root.children : model.tops).filter((node) => extentOf(model, node) > 0);
  const widths = depthOf(tops) > 1 ? [0.42 * width, 0.58 * width] : [width];
  const cells = [];
  placeColumn(model, tops, { x: 0, y: 0, height }, widths, cells);
  return cells;
}

function placeColumn(model, nodes, box, [width, ...further], cells) {
  const total = nodes.reduce((sum, node) => sum + extentOf(model, node), 0);
  let y = box.y;
  for (const node of nodes) {
    const height = (box.height * extentOf(model, node)) / total;
    cells.push({ node, x: box.x, y, width, height });
    const below = node.children.filter((child) => extentOf(model, child) > 0);
    if (further.length && below.length) {
      placeColumn(model, below, { x: box.x + width, y, height }, further, cells);
    }
    y += height;
  }
}

/** A node's share; of one without, what its children have. */
function extentOf(model, node) {
  return shareOf(model, node) ?? node.children.reduce((sum, child) => sum + extentOf(model, child), 0);
}

function depthOf(nodes) {
  if (!nodes.length) return 0;
  return 1 + Math.max(...nodes.map((node) => depthOf(node.children)));
}
