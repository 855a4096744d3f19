"""The exchange of gradients between processes: `Listener`, `Mesh`, `ExchangeError`; its cipher: `seal`, `open_sealed`."""

import os

import numpy as np

cimport numpy as cnp
from cython.operator cimport dereference
from libc.string cimport memcpy

from bigdl_native._kernels cimport dtype_from_name

cnp.import_array()


class ExchangeError(RuntimeError):
    """A peer is lost or silent, or calls something else; the mesh is closed and names the peer."""


cdef class Listener:
    """A listening socket where peers dial in; it serves one mesh after another.

    Args:
        host: address to bind to, as the peers can reach it.
        port: 0 takes any free one; see `port`.

    Raises:
        RuntimeError: the address cannot be bound.
    """

    def __cinit__(self, str host, int port=0):
        self.host = host
        self.listener.reset(new CppListener(host.encode(), port))

    @property
    def port(self) -> int:
        """The port that peers dial."""
        return self.listener.get().port()


cdef class Mesh:
    """W ranks, each connected with all others.

    Any `ExchangeError` closes the mesh, and thereby ends the calls of all other ranks; make a new
    one with the next generation on the same listener. One thread at a time calls the operations;
    `abort` and `failure` may be used from any thread.

    Args:
        listener: of this rank.
        rank: of this process, 0 <= rank < W.
        peers: (rank, host, port, host_id) of every rank, this one included. Ranks whose host_id is
            equal may share memory; "" never does.
        secret: of the job, known to its ranks alone.
        generation: number of this mesh; peers of another generation are turned away.
        timeout: longest silence of a peer within an operation, in seconds.
        connect_timeout: for `connect`, in seconds; `timeout` when it is None.
        shm: whether ranks of one host share memory. None reads BIGDL_KERAS_SHM ("0": no).
        wire: "bfloat16" sends float32 sums of more than 16 KB in two bytes an element (rounded to
            nearest even, added in float32) over sockets; memory that is shared needs no such saving.
        encrypt: ChaCha20-Poly1305 on all sockets; the same on all ranks. Keys derive from the secret.
    """

    def __cinit__(
        self, Listener listener not None, int rank, object peers, bytes secret, uint64_t generation,
        double timeout=60.0, object connect_timeout=None, object shm=None, object wire=None,
        bint encrypt=False,
    ):
        cdef vector[CppPeer] cpp_peers
        cdef CppPeer peer
        if wire not in (None, "float32", "bfloat16"):
            raise ValueError(f"wire must be None, 'float32' or 'bfloat16', got {wire!r}")
        for peer_rank, host, port, host_id in peers:
            peer.rank = peer_rank
            peer.host = host.encode()
            peer.port = port
            peer.host_id = host_id.encode()
            cpp_peers.push_back(peer)
        if shm is None:
            shm = os.environ.get("BIGDL_KERAS_SHM", "1") != "0"
        self.mesh.reset(new CppMesh(
            rank, cpp_peers, timeout, shm, Wire.bf16 if wire == "bfloat16" else Wire.plain,
            encrypt))
        self.collective = self.mesh.get()
        self.listener = listener
        self.secret = secret
        self.generation = generation
        self.connect_timeout = timeout if connect_timeout is None else connect_timeout

    def connect(self) -> Mesh:
        """Wait until all ranks are connected with each other, and return the mesh."""
        with nogil:
            self.mesh.get().connect(
                dereference(self.listener.listener), self.secret, self.generation, self.connect_timeout)
        return self

    @property
    def rank(self) -> int:
        """The number of this process."""
        return self.collective.rank()

    @property
    def world(self) -> int:
        """The number of ranks."""
        return self.collective.world()

    @property
    def transport(self) -> str:
        """Either "alone", "shared memory", "sockets" or "encrypted sockets"."""
        return self.mesh.get().transport().decode()

    @property
    def sent(self) -> int:
        """Bytes that this rank has sent to others over sockets, before encryption."""
        return self.mesh.get().sent()

    @property
    def failure(self) -> str:
        """Why the mesh is closed; "" while it is open."""
        return self.mesh.get().failure().decode()

    def all_reduce(self, *arrays) -> None:
        """Replace every array by its sum over all ranks, with the same bits on all ranks.

        Args:
            arrays: writable C-contiguous; float32, float64, bfloat16, int32 or int64; the same
                sizes and dtypes in the same order on all ranks. They travel together.
        """
        cdef vector[void*] buffers
        cdef vector[int64_t] counts
        cdef vector[DType] dtypes
        for array in arrays:
            _append(array, buffers)
            counts.push_back(cnp.PyArray_SIZE(array))
            dtypes.push_back(dtype_from_name(str(array.dtype).encode()))
        with nogil:
            self.mesh.get().all_reduce(buffers.data(), counts.data(), dtypes.data(), <int>buffers.size())

    def all_reduce_rows(self, tables, touched) -> None:
        """Replace every table by its sum over all ranks, where ranks have few rows that are not zero.

        Only such rows travel, if that takes fewer bytes than the whole table on all ranks together.

        Args:
            tables: writable C-contiguous, (rows, ...); dtypes as in `all_reduce`; the same shapes
                and dtypes in the same order on all ranks.
            touched: for each table int32[n], C-contiguous: the rows that may differ from zero, in
                any order and any number of times. Ranks may differ.
        """
        cdef vector[void*] buffers
        cdef vector[RowTable] row_tables
        cdef RowTable row_table
        for table, indices in zip(tables, touched, strict=True):
            _append(table, buffers)
            if indices.dtype != np.int32 or not indices.flags.c_contiguous:
                raise ValueError(f"touched rows are contiguous int32, got {indices.dtype}")
            if table.ndim == 0 or (len(table) == 0 and indices.size):
                raise ValueError(f"a table of shape {table.shape} has no rows that could be touched")
            row_table.data = buffers.back()
            row_table.rows = len(table)
            row_table.width = cnp.PyArray_SIZE(table) // max(len(table), 1)
            row_table.dtype = dtype_from_name(str(table.dtype).encode())
            row_table.touched = <const int32_t*>cnp.PyArray_DATA(indices)
            row_table.n_touched = cnp.PyArray_SIZE(indices)
            row_tables.push_back(row_table)
        with nogil:
            self.mesh.get().all_reduce_rows(row_tables.data(), <int>row_tables.size())

    def broadcast(self, *arrays, int root) -> None:
        """Overwrite the arrays (writable, C-contiguous, any dtype) with those of rank `root`."""
        cdef vector[void*] buffers
        cdef vector[int64_t] sizes
        for array in arrays:
            _append(array, buffers)
            sizes.push_back(cnp.PyArray_NBYTES(array))
        with nogil:
            self.mesh.get().broadcast(buffers.data(), sizes.data(), <int>buffers.size(), root)

    def all_gather(self, bytes own) -> list:
        """Give the bytes of every rank, in the order of ranks. For metadata: up to 256 MB each."""
        cdef string mine = own
        cdef vector[string] all_of_them
        with nogil:
            all_of_them = self.mesh.get().all_gather(mine)
        return list(all_of_them)

    def barrier(self) -> None:
        """Wait until all ranks are here."""
        with nogil:
            self.mesh.get().barrier()

    def abort(self) -> None:
        """End a call that waits in another thread: it raises `ExchangeError`, and so do later ones."""
        self.mesh.get().abort()

    def close(self) -> None:
        """Close all connections. Peers still inside an operation raise `ExchangeError`."""
        with nogil:
            self.mesh.get().close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


cdef int _append(object array, vector[void*]& buffers) except -1:
    if not isinstance(array, np.ndarray) or not (
        cnp.PyArray_IS_C_CONTIGUOUS(array) and cnp.PyArray_ISWRITEABLE(array)
    ):
        raise ValueError(
            f"the exchange works in place on writable C-contiguous arrays, got {type(array).__name__}"
            f"{' with strides ' + str(array.strides) if isinstance(array, np.ndarray) else ''}")
    buffers.push_back(cnp.PyArray_DATA(array))
    return 0


cdef Digest _key(bytes key, bytes nonce) except *:
    cdef Digest result
    if len(key) != 32 or len(nonce) != 12:
        raise ValueError(f"a key has 32 bytes and a nonce 12, got {len(key)} and {len(nonce)}")
    memcpy(result.data(), <const uint8_t*>key, 32)
    return result


def seal(bytes key not None, bytes nonce not None, bytes associated not None, uint8_t[::1] text not None) -> bytes:
    """Encrypt `text` in place by ChaCha20-Poly1305 (RFC 8439).

    Args:
        key: 32 bytes.
        nonce: 12 bytes, used once with this key.
        associated: content that stays readable, and that the tag covers as well.
        text: writable and contiguous.

    Returns:
        The tag, 16 bytes.
    """
    cdef uint8_t[16] tag
    cdef Digest own = _key(key, nonce)
    cdef const uint8_t* nonce_at = nonce
    cdef const uint8_t* associated_at = associated
    cdef size_t associated_size = len(associated), size = text.shape[0]
    cdef uint8_t* at = &text[0] if size else NULL
    with nogil:
        cpp_seal(own, nonce_at, associated_at, associated_size, at, size, tag)
    return <bytes>tag[:16]


def open_sealed(
    bytes key not None, bytes nonce not None, bytes associated not None, uint8_t[::1] text not None, bytes tag not None,
) -> bool:
    """Decrypt in place what `seal` made; False, with `text` as it was, when anything of it was changed."""
    if len(tag) != 16:
        raise ValueError(f"a tag has 16 bytes, got {len(tag)}")
    cdef Digest own = _key(key, nonce)
    cdef const uint8_t* nonce_at = nonce
    cdef const uint8_t* associated_at = associated
    cdef const uint8_t* tag_at = tag
    cdef size_t associated_size = len(associated), size = text.shape[0]
    cdef uint8_t* at = &text[0] if size else NULL
    cdef bint genuine
    with nogil:
        genuine = cpp_open_sealed(own, nonce_at, associated_at, associated_size, at, size, tag_at)
    return genuine
