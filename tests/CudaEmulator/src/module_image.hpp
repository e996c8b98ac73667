// The images that the emulated NVRTC makes and the emulated driver loads. A "CUBIN" is a shared object; "PTX" is the same in hexadecimal
// text.
#pragma once

#include <string>

namespace emulator {

struct ModuleImage {
    std::string object;   // empty when the image is not ours
    int architecture = 0; // such as 80
    bool is_exact = false; // sm_90a runs on 9.0 alone
    bool is_ptx = false;
};

// `architecture` such as sm_80 or compute_80.
std::string encode_cubin(const std::string& object, const std::string& architecture);
std::string encode_ptx(const std::string& object, const std::string& architecture);

ModuleImage decode_image(const void* image);

// Loads the object. Null, and the reason, when that fails.
void* open_object(const std::string& object, std::string& error);

// Where objects lie for a while: a folder of this user's, made at the first call.
std::string temporary_folder();

} // namespace emulator
