"""PyTorch's ways to compute attention, timed like our kernels: CUDA events, warm-up, medians, cold inputs, random data."""

import contextlib
import math
import sys
import time
import warnings

import torch
import torch.nn.functional as functional
from session import DeviceLost, Refused
from shapes import buffer_count, median

BACKENDS = {
    "cudnn": "CUDNN_ATTENTION",
    "flash": "FLASH_ATTENTION",
    "mem_efficient": "EFFICIENT_ATTENTION",
    "math": "MATH",
}
DTYPES = {"f16": torch.float16, "bf16": torch.bfloat16, "f32": torch.float32}
SAMPLED_ROWS = 32
FEWEST_SAMPLES = 5
MOST_SAMPLES = 25
SAMPLE_MILLISECONDS = 1.0
MOST_CALLS_OF_A_SAMPLE = 50


class TorchBench:
    """Makes the tensors of a shape and measures one peer on them."""

    def __init__(self, seconds_per_peer, math_bytes):
        self._seconds_per_peer = seconds_per_peer
        self._math_bytes = math_bytes
        properties = torch.cuda.get_device_properties(0)
        self._cache_bytes = getattr(properties, "L2_cache_size", 64 << 20)
        self._cycles_per_second = measured_or_none(self._measure_clock)

    @contextlib.contextmanager
    def prepare(self, shape):
        """Sets of Q, K, V, more of them than the L2 cache holds."""
        with self._as_refusal():
            sets = self._make_sets(shape)
        try:
            yield sets
        finally:
            sets.clear()
            with self._as_refusal():
                torch.cuda.empty_cache()

    def _make_sets(self, shape):
        free, _ = torch.cuda.mem_get_info()
        count = buffer_count(shape.tensor_bytes, self._cache_bytes, free // 4)
        generator = torch.Generator(device="cuda").manual_seed(1)

        def normal(length):
            size = (shape.batch, shape.heads, length, shape.head_dim)
            return torch.randn(size, generator=generator, device="cuda", dtype=torch.float32).to(DTYPES[shape.dtype])

        return [(normal(shape.queries), normal(shape.keys), normal(shape.keys)) for _ in range(count)]

    def measure(self, shape, name, sets):
        """Median milliseconds of a call, and the relative error of sampled rows against float64."""
        with self._as_refusal():
            call = self._call(shape, name)
            error = self._error(shape, call, sets[0])
            return self._time(call, sets), error

    def kernel_names(self, shape, name, sets):
        """The CUDA kernels that a call launches, the longest first; why they cannot be told when the profiler does not work here."""
        activities = [torch.profiler.ProfilerActivity.CPU, torch.profiler.ProfilerActivity.CUDA]
        try:
            with self._as_refusal():
                call = self._call(shape, name)
                with torch.profiler.profile(activities=activities) as profile:
                    call(*sets[0])
                    torch.cuda.synchronize()
                events = [event for event in profile.events() if str(event.device_type).endswith("CUDA")]
                events.sort(key=lambda event: -event.time_range.elapsed_us())
        except Refused as refusal:
            return [f"not read: {refusal}"]
        return list(dict.fromkeys(event.name for event in events))[:4]

    @contextlib.contextmanager
    def _as_refusal(self):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            try:
                yield
            except Refused:
                raise
            except torch.cuda.OutOfMemoryError as fault:
                self._assert_usable(fault)
                torch.cuda.empty_cache()
                raise Refused(f"out of memory: {first_line(fault)}") from fault
            except Exception as fault:  # Whatever a library throws, it is a refusal to be recorded, and the next peer's turn.
                self._assert_usable(fault)
                reasons = [first_line(warning.message) for warning in caught]
                raise Refused("; ".join([f"{type(fault).__name__}: {first_line(fault)}", *dict.fromkeys(reasons)])[:2000]) from fault

    @staticmethod
    def _assert_usable(fault):
        # After some faults of a kernel nothing works any more in this process.
        try:
            torch.cuda.synchronize()
        except Exception as lost:
            raise DeviceLost(f"the GPU cannot be used any more in this process: {first_line(fault)}") from lost

    def _call(self, shape, name):
        if name == "default":
            return lambda q, k, v: functional.scaled_dot_product_attention(q, k, v, is_causal=shape.causal)
        if name == "flex":
            return self._flex(shape)
        if name == "doggettx":
            return self._doggettx(shape)
        if name == "math":
            # Scores, probabilities and their copies in fp32.
            needed = 12 * shape.score_elements
            free, _ = torch.cuda.mem_get_info()
            if needed > min(self._math_bytes, free * 6 // 10):
                raise Refused(f"not run: its score matrices would take about {needed / 2**30:.1f} GiB")
        return self._backend(shape, BACKENDS[name])

    @staticmethod
    def _backend(shape, backend_name):
        from torch.nn.attention import SDPBackend, sdpa_kernel

        backend = getattr(SDPBackend, backend_name, None)
        if backend is None:
            raise Refused(f"torch {torch.__version__} has no {backend_name}")

        def call(q, k, v):
            with sdpa_kernel([backend]):
                return functional.scaled_dot_product_attention(q, k, v, is_causal=shape.causal)

        return call

    @staticmethod
    def _flex(shape):
        import torch._dynamo
        from torch.nn.attention.flex_attention import create_block_mask, flex_attention

        # Each shape is compiled for itself, and does not count as a recompilation of another one.
        torch._dynamo.reset()
        compiled = torch.compile(flex_attention, dynamic=False)
        mask = None
        if shape.causal:
            mask = create_block_mask(lambda b, h, i, j: i >= j, None, None, shape.queries, shape.keys, device="cuda")
        return lambda q, k, v: compiled(q, k, v, block_mask=mask)

    @staticmethod
    def _doggettx(shape):
        """Row slices whose number is a power of two, as many as the free memory asks for by the rule of thumb of that loop."""
        if shape.causal:
            raise Refused("not run: the loop has no causal form")
        element = 4 if shape.dtype == "f32" else 2
        free, _ = torch.cuda.mem_get_info()
        needed = shape.score_elements * element * (3 if element == 2 else 2.5)
        steps = 1 if needed <= free else 2 ** math.ceil(math.log2(needed / free))
        rows = max(1, shape.queries // steps)
        scale = shape.head_dim**-0.5

        def call(q, k, v):
            keys = (k * scale).flatten(0, 1).transpose(1, 2)
            queries, values = q.flatten(0, 1), v.flatten(0, 1)
            result = torch.empty_like(queries)
            for begin in range(0, shape.queries, rows):
                scores = torch.bmm(queries[:, begin : begin + rows], keys)
                result[:, begin : begin + rows] = torch.bmm(scores.softmax(dim=-1), values)
            return result.unflatten(0, (shape.batch, shape.heads))

        return call

    @staticmethod
    def _error(shape, call, tensors):
        q, k, v = tensors
        output = call(q, k, v)
        count = min(SAMPLED_ROWS, shape.batch * shape.heads * shape.queries)
        difference, norm = 0.0, 0.0
        for i in range(count):
            index = 0 if count == 1 else (shape.batch * shape.heads * shape.queries - 1) * i // (count - 1)
            head, row = divmod(index, shape.queries)
            item, head = divmod(head, shape.heads)
            visible = min(row + 1, shape.keys) if shape.causal else shape.keys
            scores = k[item, head, :visible].double() @ q[item, head, row].double() * shape.head_dim**-0.5
            expected = scores.softmax(dim=-1) @ v[item, head, :visible].double()
            difference += (output[item, head, row].double() - expected).square().sum().item()
            norm += expected.square().sum().item()
        return math.sqrt(difference / norm)

    def _time(self, call, sets):
        # Outputs are kept until their set's next turn, so that writes go round as reads do.
        outputs = [None] * len(sets)
        turn = 0

        def calls(count):
            nonlocal turn
            for _ in range(count):
                index = turn % len(sets)
                outputs[index] = None
                outputs[index] = call(*sets[index])
                turn += 1

        calls(min(3, len(sets)))
        torch.cuda.synchronize()
        begin = time.perf_counter()
        calls(4)
        host_seconds = (time.perf_counter() - begin) / 4
        torch.cuda.synchronize()
        one = self._sample(calls, 4, host_seconds)
        per_sample = max(1, min(MOST_CALLS_OF_A_SAMPLE, math.ceil(SAMPLE_MILLISECONDS / one)))
        samples = []
        deadline = time.perf_counter() + self._seconds_per_peer
        while len(samples) < FEWEST_SAMPLES or (len(samples) < MOST_SAMPLES and time.perf_counter() < deadline):
            samples.append(self._sample(calls, per_sample, host_seconds))
        return median(samples)

    def _sample(self, calls, count, host_seconds):
        # The GPU is kept busy while the calls are queued: what is timed is their work, not the host's.
        if self._cycles_per_second:
            torch.cuda._sleep(int(self._cycles_per_second * min(0.05, 2 * count * host_seconds + 1e-4)))
        first, last = torch.cuda.Event(enable_timing=True), torch.cuda.Event(enable_timing=True)
        first.record()
        calls(count)
        last.record()
        last.synchronize()
        return first.elapsed_time(last) / count

    @staticmethod
    def _measure_clock():
        cycles = 20_000_000
        torch.cuda._sleep(cycles)
        first, last = torch.cuda.Event(enable_timing=True), torch.cuda.Event(enable_timing=True)
        first.record()
        torch.cuda._sleep(cycles)
        last.record()
        last.synchronize()
        return cycles / (first.elapsed_time(last) / 1e3)


def measured_or_none(measure):
    """What is measured, or None where that cannot be done here: nothing else depends on it."""
    try:
        return measure()
    except Exception as fault:
        print(f"{getattr(measure, '__name__', 'a measurement')} failed: {first_line(fault)}", file=sys.stderr)
        return None


def measure_ceilings():
    """What a large matrix product and a large copy reach: TFLOP/s in bf16 and fp32, and bytes read and written a second; None for what cannot be measured."""
    size = 8192

    def milliseconds(call):
        call()
        times = []
        for _ in range(7):
            first, last = torch.cuda.Event(enable_timing=True), torch.cuda.Event(enable_timing=True)
            first.record()
            call()
            last.record()
            last.synchronize()
            times.append(first.elapsed_time(last))
        return median(times)

    def product_tflops(dtype):
        a, b = (torch.randn(size, size, device="cuda", dtype=dtype) for _ in range(2))
        return 2 * size**3 / milliseconds(lambda: torch.matmul(a, b)) / 1e9

    def copy_bytes_per_second():
        source = torch.randn(1 << 30, device="cuda", dtype=torch.float32)
        target = torch.empty_like(source)
        return 2 * source.nbytes / (milliseconds(lambda: target.copy_(source)) / 1e3)

    result = {
        "matmul_bf16_tflops": measured_or_none(lambda: product_tflops(torch.bfloat16)),
        "matmul_f32_tflops": measured_or_none(lambda: product_tflops(torch.float32)),
        "copy_bytes_per_second": measured_or_none(copy_bytes_per_second),
    }
    torch.cuda.empty_cache()
    return result


def first_line(message):
    """The first line of an error."""
    return str(message).strip().split("\n", 1)[0]
