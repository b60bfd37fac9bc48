"""The numeric core: feed-forward networks, backpropagation and gradient descent on numpy."""
